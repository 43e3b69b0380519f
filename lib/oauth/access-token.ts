import { type KeyObject, verify } from 'node:crypto';
import { decodeBase64url, decodeJsonObject, encodeJson } from './base64url';
import { parseScope, type Scope } from './scopes';

/** Access tokens: RS256 JWTs with the documented claims and those of RFC 9068 §2.2 side by side. */

export const ACCESS_LIFETIME_SECONDS = 3600;

/** Longer texts are not looked at: ours have about a kilobyte. */
export const MAX_ACCESS_TOKEN_LENGTH = 8192;

export type AccessTokenClaims = {
  iss: string;
  aud: string;
  sub: string;
  client_id: string;
  iat: number;
  exp: number;
  jti: string;
  scope: string;
  /** Tenant name. */
  il_n: string;
  /** App number. */
  il_a: number;
  /** Scope, as in `scope`. */
  il_s: string;
  /** Username. */
  il_u: string;
  il_t: 'ACCESS';
  il_v: 1;
  /** Connection: what a security event makes inactive. */
  il_c: string;
};

export type AccessTokenInput = {
  issuer: string;
  audience: string;
  tenantName: string;
  appId: number;
  clientId: string;
  userId: string;
  username: string;
  connectionId: string;
  /** Canonical scope text. */
  scope: string;
  jti: string;
  now: Date;
};

/** The claims of a new access token, good from `now` for an hour. */
export function buildAccessToken(input: AccessTokenInput): AccessTokenClaims {
  const iat = Math.floor(input.now.getTime() / 1000);
  return {
    il_n: input.tenantName,
    il_a: input.appId,
    il_s: input.scope,
    il_u: input.username,
    il_t: 'ACCESS',
    il_v: 1,
    iss: input.issuer,
    exp: iat + ACCESS_LIFETIME_SECONDS,
    aud: input.audience,
    sub: input.userId,
    client_id: input.clientId,
    iat,
    jti: input.jti,
    scope: input.scope,
    il_c: input.connectionId,
  };
}

export type AccessTokenHeader = { alg: 'RS256'; typ: 'at+jwt'; kid: string };

/** The header of an access token (RFC 9068 §2.1: `typ` keeps other JWTs of this issuer from passing as one). */
export function accessTokenHeader(kid: string): AccessTokenHeader {
  return { alg: 'RS256', typ: 'at+jwt', kid };
}

/** What is signed (RFC 7515 §5.1); the token is this, a dot and the base64url of the signature. */
export function signingInput(header: AccessTokenHeader, claims: AccessTokenClaims): string {
  return `${encodeJson(header)}.${encodeJson(claims)}`;
}

export type ParsedAccessToken = {
  header: AccessTokenHeader;
  claims: Record<string, unknown>;
  signingInput: string;
  signature: Buffer;
};

/**
 * Takes a token apart without believing it. null unless it is three canonical segments with exactly our header: no
 * other algorithm, type, `crit` or embedded key is ever looked at (RFC 8725 §3.1, §3.11).
 */
export function parseAccessToken(token: string): ParsedAccessToken | null {
  if (token.length > MAX_ACCESS_TOKEN_LENGTH) return null;
  const segments = token.split('.');
  if (segments.length !== 3) return null;
  const [head = '', payload = '', tail = ''] = segments;
  const header = decodeJsonObject(head);
  const claims = decodeJsonObject(payload);
  const signature = decodeBase64url(tail);
  if (!header || !claims || !signature || signature.length === 0) return null;
  const { alg, typ, kid } = header;
  if (alg !== 'RS256' || typ !== 'at+jwt' || typeof kid !== 'string' || Object.keys(header).length !== 3) return null;
  return {
    header: { alg, typ, kid },
    claims,
    signingInput: `${head}.${payload}`,
    signature,
  };
}

/** Whether the signature was made with the private half of this RSA key. */
export function hasValidSignature(token: ParsedAccessToken, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa') return false;
  return verify('RSA-SHA256', Buffer.from(token.signingInput, 'ascii'), key, token.signature);
}

/** An access token that was found good, in our words. */
export type AccessToken = {
  jti: string;
  tenantName: string;
  appId: number;
  clientId: string;
  userId: string;
  username: string;
  connectionId: string;
  scope: string;
  scopes: Scope[];
  issuer: string;
  audience: string;
  /** Seconds since the epoch. */
  issuedAt: number;
  /** Seconds since the epoch. */
  expiresAt: number;
};

/**
 * Judges the claims of a token whose signature holds (RFC 9068 §4). null when it is not an access token of this issuer
 * for this audience, or has expired. Not-before times of security events are the caller's.
 */
export function judgeClaims(
  claims: Record<string, unknown>,
  expected: { issuer: string; audience: string; now: Date },
): AccessToken | null {
  if (claims.il_t !== 'ACCESS' || claims.il_v !== 1) return null;
  if (claims.iss !== expected.issuer || claims.aud !== expected.audience) return null;
  const { exp, iat, jti, sub, client_id, scope, il_n, il_a, il_s, il_u, il_c } = claims;
  if (!isSeconds(exp) || !isSeconds(iat) || !isSeconds(il_a)) return null;
  if (expected.now.getTime() >= exp * 1000) return null;
  if (!isText(jti) || !isText(sub) || !isText(client_id) || !isText(il_n) || !isText(il_u) || !isText(il_c))
    return null;
  if (!isText(scope) || il_s !== scope) return null;
  const parsed = parseScope(scope);
  if (!parsed.ok) return null;
  return {
    jti,
    tenantName: il_n,
    appId: il_a,
    clientId: client_id,
    userId: sub,
    username: il_u,
    connectionId: il_c,
    scope,
    scopes: parsed.scopes,
    issuer: expected.issuer,
    audience: expected.audience,
    issuedAt: iat,
    expiresAt: exp,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
