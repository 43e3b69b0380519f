import { isIPv6 } from 'node:net';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Settings } from './settings';
import { type Counts, type LimitVerdict, SharedCounter } from './shared-counter';

export type { LimitVerdict } from './shared-counter';

/** The library's declarations leave out two of its methods. */
type StrictLimiter = RateLimiterPostgres & {
  getKey(key: string): string;
  getInMemoryBlockMsBeforeExpire(storedKey: string): number;
};

const QUARTER_HOUR_SECONDS = 900;
/** Wrong passwords from one network, whatever the account. */
const NETWORK_FACTOR = 10;
/** Wrong codes and secrets from one network in a quarter of an hour. */
const CREDENTIAL_FAILURES = 300;

/** Request counters in memory; counters that guard passwords, secrets and codes strictly in the database. */
export class Limits {
  readonly #api: SharedCounter;
  readonly #pages: SharedCounter;
  readonly #account: StrictLimiter;
  readonly #network: StrictLimiter;
  readonly #credentials: StrictLimiter;

  constructor(settings: Settings, pool: pg.Pool) {
    const strict = (keyPrefix: string, points: number) =>
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix,
        points,
        duration: QUARTER_HOUR_SECONDS,
        inMemoryBlockOnConsumed: points + 1,
      }) as StrictLimiter;
    this.#api = new SharedCounter('api', settings.apiRequestsPerMinute);
    this.#pages = new SharedCounter('page', settings.pageRequestsPerMinute);
    this.#account = strict('password', settings.passwordAttempts);
    this.#network = strict('network', settings.passwordAttempts * NETWORK_FACTOR);
    this.#credentials = strict('credential', CREDENTIAL_FAILURES);
  }

  apiRequest(address: string): Promise<LimitVerdict> {
    return this.#api.count(networkOf(address));
  }

  /** @param sessionId counts instead of the address where somebody is signed in: an office shares one address */
  pageRequest(address: string, sessionId: string | null): Promise<LimitVerdict> {
    return this.#pages.count(sessionId ?? networkOf(address));
  }

  /** What this instance has counted since it was last asked, as far as the others should know. */
  takeCounts(): Counts[] {
    return [...this.#api.take(), ...this.#pages.take()];
  }

  /** What another instance has counted. */
  async addCounts(counts: Counts[]): Promise<void> {
    for (const { name, key, requests } of counts) {
      await (name === 'api' ? this.#api : this.#pages).add(key, requests);
    }
  }

  /** Counts a password attempt before it is judged; a right one is given back. The account alone is never locked: only from this network. */
  async passwordAttempt(account: string, address: string): Promise<LimitVerdict> {
    const verdict = await count(this.#network, networkOf(address));
    if (verdict.retryAfterSeconds !== null) return verdict;
    return count(this.#account, `${account}|${networkOf(address)}`);
  }

  async passwordWasRight(account: string, address: string): Promise<void> {
    await this.#account.delete(`${account}|${networkOf(address)}`);
    await this.#network.reward(networkOf(address), 1);
  }

  /** Counts a failure of a client's credentials, a code or a refresh token. */
  credentialFailure(address: string): Promise<LimitVerdict> {
    return count(this.#credentials, networkOf(address));
  }

  /** Whether this network has failed too often; asks only this process's memory, which the counter fills. */
  credentialsBlocked(address: string): LimitVerdict {
    const blockedMs = this.#credentials.getInMemoryBlockMsBeforeExpire(this.#credentials.getKey(networkOf(address)));
    return { retryAfterSeconds: blockedMs ? Math.ceil(blockedMs / 1000) : null };
  }
}

async function count(limiter: StrictLimiter, key: string): Promise<LimitVerdict> {
  try {
    await limiter.consume(key);
    return { retryAfterSeconds: null };
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes)
      return { retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
    throw refusal;
  }
}

/** One subscriber has a whole IPv6 /64: its addresses count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
