import { createHash, randomBytes } from 'node:crypto';

export const REDIRECT_URI = 'https://client.example/callback';
/** Whom access tokens are for: makes both peers write RS256 JWTs, as Gatehouse does. */
export const RESOURCE = 'https://api.example';
export const SCOPE = 'profile offline_access';

export const USERS = 4_000;
/** As many clients of each kind as Gatehouse has apps. */
export const CLIENTS = 20;

export const random = (bytes = 32) => randomBytes(bytes).toString('base64url');
export const sha256 = (text) => createHash('sha256').update(text).digest('base64url');

/** Confidential and public clients. @returns {{ id: string, secret: string | null, kind: 'secret' | 'pkce' }[]} */
export const clientsOf = (kind) =>
  Array.from({ length: CLIENTS }, (_, n) => ({
    id: `${kind}-${n}`,
    secret: kind === 'secret' ? sha256(`${kind}-${n} is not guessed here`) : null,
    kind,
  }));

export const kindOf = (operation) => (operation.endsWith('-pkce') ? 'pkce' : 'secret');

/** Clients' addresses, as Gatehouse's bench has them. */
let address = 0;
export function forwardedFor() {
  const n = address++ % 5_000;
  return `10.${1 + (n >> 8)}.${n & 255}.${1 + (n % 250)}`;
}

export const get = (host, path) => ({
  method: 'GET',
  path,
  headers: ['host', host, 'x-forwarded-for', forwardedFor()],
  body: null,
});

export const post = (host, path, form) => ({
  method: 'POST',
  path,
  headers: [
    ...['host', host, 'x-forwarded-for', forwardedFor()],
    ...['content-type', 'application/x-www-form-urlencoded'],
  ],
  body: new URLSearchParams(form).toString(),
});

/** The form of a code exchange, without what proves the client. */
export const exchangeForm = (client, code, verifier, extra = {}) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: REDIRECT_URI,
  ...proof(client),
  ...(verifier ? { code_verifier: verifier } : {}),
  ...extra,
});

export const proof = ({ id, secret }) => ({ client_id: id, ...(secret ? { client_secret: secret } : {}) });
