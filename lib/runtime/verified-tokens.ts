import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AccessToken } from '@/lib/oauth/access-token';

/** About a kilobyte each. */
const MOST = 10_000;

/** A token whose signature and claims were found good, and the key that says so. */
type Verified = { token: AccessToken; kid: string; key: KeyObject };

/**
 * Access tokens that were verified before: an API asks about the same one many times in its hour. Kept is only what can't
 * change; expiry, the key and the not-before times of security events are asked each time.
 */
export class VerifiedTokens {
  readonly #known = new LRUCache<string, Verified>({ max: MOST });

  /**
   * @param text the token as it was sent
   * @param keyOf the key that verifies now, or null when it is gone
   * @returns null when it was not seen, or its key is another one or gone
   */
  find(text: string, keyOf: (kid: string) => KeyObject | null): Verified | null {
    const found = this.#known.get(text);
    if (!found) return null;
    if (keyOf(found.kid) === found.key) return found;
    this.#known.delete(text);
    return null;
  }

  keep(text: string, verified: Verified): void {
    this.#known.set(text, verified);
  }
}
