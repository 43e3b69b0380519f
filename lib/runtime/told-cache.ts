import { LRUCache } from 'lru-cache';

const MOST = 10_000;

/** What is kept, and how often it was there when it was asked for. */
export type CacheStatistics = { entries: number; hits: number; misses: number };

/**
 * What the database knows by a key, bounded, told of changes by the bus. While the bus is silent every look-up asks the
 * database.
 */
export class ToldCache<Value extends object> {
  #known: LRUCache<string, Value>;
  #generation = 0;
  #hits = 0;
  #misses = 0;

  /** @param onDropped told of a value that is kept no longer */
  constructor(
    private readonly load: (key: string) => Promise<Value | null>,
    private readonly trusted: () => boolean,
    onDropped?: (value: Value) => void,
  ) {
    this.#known = new LRUCache({ max: MOST, ...(onDropped && { dispose: onDropped }) });
  }

  /** What is kept of a key, without asking anybody. */
  peek(key: string): Value | undefined {
    return this.trusted() ? this.#known.peek(key) : undefined;
  }

  /** @param onKept told of a value that was read and is kept from now on @returns null when there is none of that key */
  async get(key: string, onKept?: (value: Value) => void): Promise<Value | null> {
    const known = this.trusted() ? this.#known.get(key) : undefined;
    if (known) {
      this.#hits++;
      return known;
    }
    this.#misses++;
    const generation = this.#generation;
    const value = await this.load(key);
    // A change that was told while we were reading may not be in what we read: use it once, don't keep it.
    if (value && generation === this.#generation) {
      this.#known.set(key, value);
      onKept?.(value);
    }
    return value;
  }

  /** @param key left out when it is not known which one changed, and none can be kept that is being read */
  forget(key: string | undefined): void {
    this.#generation++;
    if (key !== undefined) this.#known.delete(key);
  }

  get statistics(): CacheStatistics {
    return { entries: this.#known.size, hits: this.#hits, misses: this.#misses };
  }

  clear(): void {
    this.#generation++;
    this.#known.clear();
  }
}
