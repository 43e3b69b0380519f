import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Outcome of counting a request: refused when `retryAfterSeconds` is a number. */
export type LimitVerdict = { retryAfterSeconds: number | null };

/** Requests that one instance counted for one key; fewer than 0 when more were given back than counted. */
export type Counts = { name: string; key: string; requests: number };

const WINDOW_SECONDS = 60;

// Who is far from the limit is not worth telling. So the limit may be overshot by a tenth of it for each further
// instance, and by what arrives within the second between two exchanges.
const TOLD_FROM = 0.1;

/** Keys in one counter: an attacker with a whole IPv6 provider's networks must not fill the memory. The least recent goes. */
const MOST_KEYS = 50_000;

/** Requests a minute, counted in memory; instances tell each other every second. */
export class SharedCounter {
  readonly #limiter: RateLimiterMemory;
  readonly #keys: LRUCache<string, true>;
  #untold = new Map<string, { requests: number; consumed: number; endsAt: number }>();

  /**
   * @param points requests a minute
   * @param mostKeys that are remembered
   */
  constructor(
    readonly name: string,
    private readonly points: number,
    mostKeys = MOST_KEYS,
  ) {
    this.#limiter = new RateLimiterMemory({ keyPrefix: name, points, duration: WINDOW_SECONDS });
    this.#keys = new LRUCache({
      max: mostKeys,
      noDisposeOnSet: true,
      dispose: (_, key) => {
        this.#untold.delete(key);
        void this.#limiter.delete(key);
      },
    });
  }

  async count(key: string): Promise<LimitVerdict> {
    this.#keys.set(key, true);
    try {
      this.#note(key, 1, await this.#limiter.consume(key));
      return { retryAfterSeconds: null };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return { retryAfterSeconds: secondsUntilNext(refusal) };
    }
  }

  /** Whether the next one of this key would be refused; counts nothing. */
  async full(key: string): Promise<LimitVerdict> {
    const known = await this.#limiter.get(key);
    const full = known !== null && known.msBeforeNext > 0 && known.consumedPoints >= this.points;
    return { retryAfterSeconds: full ? secondsUntilNext(known) : null };
  }

  /** Takes one back that should not count. */
  async giveBack(key: string): Promise<void> {
    if (this.#keys.has(key)) this.#note(key, -1, await this.#limiter.reward(key, 1));
  }

  #note(key: string, requests: number, { consumedPoints, msBeforeNext }: RateLimiterRes): void {
    const before = this.#untold.get(key);
    const now = performance.now();
    const sameWindow = before && before.endsAt > now;
    this.#untold.set(key, {
      requests: (sameWindow ? before.requests : 0) + requests,
      consumed: consumedPoints,
      endsAt: now + msBeforeNext,
    });
  }

  /** What the other instances should know, once. */
  *take(): Generator<Counts> {
    const now = performance.now();
    for (const [key, { requests, consumed, endsAt }] of this.#untold) {
      const near = consumed >= this.points * TOLD_FROM || requests < 0;
      if (near || endsAt < now) this.#untold.delete(key);
      if (near && endsAt >= now && requests !== 0) yield { name: this.name, key, requests };
    }
  }

  /** Adds what another instance has counted. */
  async add(key: string, requests: number): Promise<void> {
    this.#keys.set(key, true);
    await this.#limiter.penalty(key, requests);
  }
}

const secondsUntilNext = ({ msBeforeNext }: RateLimiterRes) => Math.max(1, Math.ceil(msBeforeNext / 1000));
