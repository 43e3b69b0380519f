import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitVerdict } from './shared-counter';

/** What one instance tells the others: this key is refused for so long; 0: no longer. */
export type Block = { name: string; key: string; milliseconds: number };

/** Keys that are refused. Beyond that the oldest are forgotten: their next failure asks the database. */
const MOST_BLOCKS = 50_000;

/**
 * Counts failures in the database, so that all instances count as one. Who has too many is refused from memory until
 * the window ends, here at once and elsewhere as soon as it is told.
 */
export class StrictCounter {
  readonly #blocks = new LRUCache<string, true>({ max: MOST_BLOCKS });

  /**
   * @param limiter counts in the database
   * @param tell hears of blocks that begin or end here
   */
  constructor(
    readonly name: string,
    private readonly limiter: RateLimiterAbstract,
    private readonly tell: (block: Block) => void,
  ) {}

  /** Counts one. Refused when there were too many before it. */
  async count(key: string): Promise<LimitVerdict> {
    const known = this.blocked(key);
    if (known.retryAfterSeconds !== null) return known;
    try {
      await this.limiter.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const milliseconds = Math.max(1, refusal.msBeforeNext);
      this.note(key, milliseconds);
      this.tell({ name: this.name, key, milliseconds });
    }
    return this.blocked(key);
  }

  /** Asks memory only. */
  blocked(key: string): LimitVerdict {
    const milliseconds = this.#blocks.getRemainingTTL(key);
    return { retryAfterSeconds: milliseconds > 0 ? Math.ceil(milliseconds / 1000) : null };
  }

  /** Takes one back that was no failure. */
  async reward(key: string): Promise<void> {
    await this.limiter.reward(key, 1);
  }

  /** Forgets every failure of a key. */
  async clear(key: string): Promise<void> {
    await this.limiter.delete(key);
    if (!this.#blocks.delete(key)) return;
    this.tell({ name: this.name, key, milliseconds: 0 });
  }

  /** What the database or another instance says of a key. */
  note(key: string, milliseconds: number): void {
    if (milliseconds > 0) this.#blocks.set(key, true, { ttl: milliseconds });
    else this.#blocks.delete(key);
  }

  /** Failures that are heard; the next one is refused. */
  get points(): number {
    return this.limiter.points;
  }
}
