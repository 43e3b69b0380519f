import { createHash, timingSafeEqual } from 'node:crypto';
import type { Reason } from './errors';
import { intersectScopes, type Scope } from './scopes';

/**
 * How an app proves itself. SECRET_OR_PKCE: the documented behaviour; SECRET_REQUIRED: backends; PKCE_ONLY: web and
 * native apps, which own no secret.
 */
export type Proof = 'SECRET_OR_PKCE' | 'SECRET_REQUIRED' | 'PKCE_ONLY';

/** How a client id reads (`newClientId`). */
export const CLIENT_ID_FORM = /^[0-9a-f]{20}$/;

export type ClientSecret = {
  id: string /** SHA-256 of the secret */;
  digest: Buffer;
  expiresAt: Date | null;
};

/** A scope that an app may ask for, at the widest access that it named. */
export type DeclaredScope = Scope & {
  /** The user may untick it. */
  optional: boolean;
  /** Why the app needs it, in its developer's words; may be empty. */
  purpose: string;
};

export type Client = {
  /** The app's number, `il_a` and `app_id` on the wire. */
  id: number;
  clientId: string;
  tenantId: number;
  name: string;
  proof: Proof;
  requirePkce: boolean;
  limitToAccount: boolean;
  active: boolean;
  verified: boolean;
  /** Inside the refresh window the app gets its last access token again instead of a 429. */
  refreshReplay: boolean;
  /** A verified backend app's refresh tokens may never expire. */
  neverExpires: boolean;
  secrets: ClientSecret[];
  redirectUris: string[];
  /** What the app may ask for. null: it has not said so yet and may ask for everything (the documented behaviour). */
  scopes: DeclaredScope[] | null;
};

/**
 * What of these scopes an app may have: an app that has declared its scopes gets nothing beyond them, whatever a user
 * allowed it before.
 */
export function withinDeclared(scopes: readonly Scope[], declared: readonly Scope[] | null): Scope[] {
  return declared === null ? [...scopes] : intersectScopes(scopes, declared);
}

/** Whether a user may untick a scope; an app that has declared nothing needs all that it asks for. */
export function isOptional(scope: Scope, declared: readonly DeclaredScope[] | null): boolean {
  return declared?.some(({ name, optional }) => optional && name === scope.name) ?? false;
}

/** What a request says about the client. `secret` is absent when none was sent. */
export type ClientCredentials = {
  clientId: string;
  secret?: string;
  viaBasic: boolean;
};

export type ClientAuthentication =
  | { ok: true; secretId: string | null }
  /** `secretId`: the secret that was shown is one of the app's, and of no use any more. */
  | { ok: false; reason: Reason; secretId?: string };

const DUMMY: ClientSecret = {
  id: '',
  digest: Buffer.alloc(32),
  expiresAt: null,
};

/** SHA-256 of a client secret. Secrets have 256 random bits, so a slow password hash would add nothing. */
export function secretDigest(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/**
 * Judges the credentials of a request (RFC 6749 §2.3). `secretId` names the secret that was shown, null when none was.
 *
 * Without a secret this says only that the client exists and needs none *so far*: whether the code or the refresh token
 * was bound to a proof is judged with the grant. A credential that is sent is always checked, even where none is needed.
 * An unknown client costs the same comparison as a known one, so that timing does not list client ids.
 */
export function authenticateClient(
  client: Client | null,
  credentials: ClientCredentials,
  now: Date,
): ClientAuthentication {
  const match = findSecret(client?.secrets ?? [], credentials.secret ?? '');
  if (!client) return { ok: false, reason: 'client_unknown' };
  if (credentials.secret === undefined) {
    return client.proof === 'SECRET_REQUIRED' ? { ok: false, reason: 'secret_missing' } : { ok: true, secretId: null };
  }
  if (client.proof === 'PKCE_ONLY') return { ok: false, reason: 'secret_unexpected' };
  if (!match) return { ok: false, reason: 'secret_mismatch' };
  if (match.expiresAt && match.expiresAt <= now) return { ok: false, reason: 'secret_expired', secretId: match.id };
  return { ok: true, secretId: match.id };
}

// Every secret is compared, the dummy where there is none: an early return would tell which one matched.
function findSecret(secrets: readonly ClientSecret[], shown: string): ClientSecret | null {
  const digest = secretDigest(shown);
  let match: ClientSecret | null = null;
  for (const secret of secrets.length > 0 ? secrets : [DUMMY]) {
    const equal = timingSafeEqual(secret.digest, digest);
    if (equal && secret !== DUMMY) match = secret;
  }
  return match;
}
