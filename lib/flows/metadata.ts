import { JWKS_MAX_AGE_SECONDS } from '@/lib/oauth/key-rotation';
import { OFFLINE_ACCESS, SCOPE_CATALOGUE } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import { type Prepared, prepare } from '@/lib/runtime/signing-keys';
import type { MachineAnswer, MachineRequest } from './http';

/** The public keys of access tokens (RFC 7517 §5). */
export async function jwks(request: MachineRequest): Promise<MachineAnswer> {
  return prepared(request, runtime().signingKeys.jwks);
}

/** Authorization server metadata (RFC 8414 §2). token_info is not advertised: it is no RFC 7662 endpoint. */
export async function metadata(request: MachineRequest): Promise<MachineAnswer> {
  document ??= describe();
  return prepared(request, document);
}

const SCOPES = [...SCOPE_CATALOGUE.flatMap(({ name }) => [name, `${name}:w`, `${name}:d`]), OFFLINE_ACCESS];

let document: Prepared | null = null;

function describe(): Prepared {
  const issuer = runtime().settings.publicUrl;
  const methods = ['client_secret_basic', 'client_secret_post'];
  return prepare({
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: `${issuer}/oauth2/token`,
    introspection_endpoint: `${issuer}/oauth2/introspect`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: SCOPES,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: [...methods, 'none'],
    revocation_endpoint_auth_methods_supported: [...methods, 'none'],
    introspection_endpoint_auth_methods_supported: methods,
    authorization_response_iss_parameter_supported: true,
  });
}

/** A document that is ready, or word that it has not changed (RFC 9110 §13.1.2). */
export function prepared(request: MachineRequest, { body, etag }: Prepared): MachineAnswer {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': `public, max-age=${JWKS_MAX_AGE_SECONDS}`,
    'X-Content-Type-Options': 'nosniff',
    ETag: etag,
  };
  const known = request.ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  return known ? { status: 304, headers, body: '' } : { status: 200, headers, body };
}
