import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Outcome of counting a request: refused when `retryAfterSeconds` is a number. */
export type LimitVerdict = { retryAfterSeconds: number | null };

/** Requests that one instance counted for one key. */
export type Counts = { name: string; key: string; requests: number };

const WINDOW_SECONDS = 60;

// Who is far from the limit is not worth telling. So the limit may be overshot by a tenth of it for each further
// instance, and by what arrives within the second between two exchanges.
const TOLD_FROM = 0.1;

/** Requests a minute, counted in memory; instances tell each other every second. */
export class SharedCounter {
  readonly #limiter: RateLimiterMemory;
  #untold = new Map<string, { requests: number; consumed: number; endsAt: number }>();

  /** @param points requests a minute */
  constructor(
    readonly name: string,
    private readonly points: number,
  ) {
    this.#limiter = new RateLimiterMemory({ keyPrefix: name, points, duration: WINDOW_SECONDS });
  }

  async count(key: string): Promise<LimitVerdict> {
    try {
      this.#note(key, await this.#limiter.consume(key));
      return { retryAfterSeconds: null };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return { retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
    }
  }

  #note(key: string, { consumedPoints, msBeforeNext }: RateLimiterRes): void {
    const before = this.#untold.get(key);
    const sameWindow = before && before.consumed < consumedPoints;
    this.#untold.set(key, {
      requests: (sameWindow ? before.requests : 0) + 1,
      consumed: consumedPoints,
      endsAt: performance.now() + msBeforeNext,
    });
  }

  /** What the other instances should know, once. */
  *take(): Generator<Counts> {
    const now = performance.now();
    for (const [key, { requests, consumed, endsAt }] of this.#untold) {
      const near = consumed >= this.points * TOLD_FROM;
      if (near || endsAt < now) this.#untold.delete(key);
      if (near && endsAt >= now) yield { name: this.name, key, requests };
    }
  }

  /** Adds what another instance has counted. */
  async add(key: string, requests: number): Promise<void> {
    await this.#limiter.penalty(key, requests);
  }
}
