import { createHash } from 'node:crypto';
import type { Sentence } from '@/lib/i18n/catalogue';

/** Client ids and client secrets of apps. */

/** Two, so that a secret can be replaced without an hour of downtime. */
export const MAX_LIVE_SECRETS = 2;

type RandomBytes = (size: number) => Buffer;

/** A new client id: 20 hex characters. It names, it proves nothing. */
export function newClientId(random: RandomBytes): string {
  return random(10).toString('hex');
}

/** A new client secret: 256 bits as 64 hex characters, shown once; only the digest and the last four are kept. */
export function newSecret(random: RandomBytes): {
  secret: string;
  digest: Buffer;
  lastFour: string;
} {
  const secret = random(32).toString('hex');
  return {
    secret,
    digest: createHash('sha256').update(secret, 'utf8').digest(),
    lastFour: secret.slice(-4),
  };
}

/** Why an app cannot have one more secret, or null when it can. */
export function newSecretProblem(app: { proof: string; liveSecrets: number }): Sentence | null {
  if (app.proof === 'PKCE_ONLY') return { key: 'rules.secret.pkce_only' };
  return app.liveSecrets >= MAX_LIVE_SECRETS
    ? { key: 'rules.secret.too_many', values: { max: MAX_LIVE_SECRETS } }
    : null;
}

/** Why a secret cannot be deleted, or null when it can. @param app `otherLive`: secrets beside it that prove the app now */
export function deleteSecretProblem(app: { proof: string; otherLive: number }): Sentence | null {
  return app.proof === 'SECRET_REQUIRED' && app.otherLive === 0 ? { key: 'rules.secret.last' } : null;
}
