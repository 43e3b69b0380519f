import { LRUCache } from 'lru-cache';

const MOST = 10_000;

/** What is kept, and how often it was there when it was asked for. */
export type CacheStatistics = { entries: number; hits: number; misses: number };

/**
 * What the database knows by a key, bounded, told of changes by the bus. While the bus is silent every look-up asks the
 * database.
 */
export class ToldCache<Value extends object> {
  readonly #known: LRUCache<string, Value>;
  /** Values of no worth, which must not push out the others: anybody can ask for as many as he likes. */
  readonly #apart: LRUCache<string, Value>;
  #generation = 0;
  #hits = 0;
  #misses = 0;

  /**
   * @param options onDropped: told of a value that is kept no longer; isWorthless: such values are kept apart, so that
   * however many are asked for, none of the others is forgotten
   */
  constructor(
    private readonly load: (key: string) => Promise<Value | null>,
    private readonly trusted: () => boolean,
    private readonly options: { onDropped?: (value: Value) => void; isWorthless?: (value: Value) => boolean } = {},
  ) {
    const { onDropped } = options;
    const bounds = { max: MOST, ...(onDropped && { dispose: onDropped }) };
    this.#known = new LRUCache(bounds);
    this.#apart = new LRUCache(bounds);
  }

  /** What is kept of a key, without asking anybody. */
  peek(key: string): Value | undefined {
    return this.trusted() ? (this.#known.peek(key) ?? this.#apart.peek(key)) : undefined;
  }

  /** @param onKept told of a value that was read and is kept from now on @returns null when there is none of that key */
  async get(key: string, onKept?: (value: Value) => void): Promise<Value | null> {
    const known = this.trusted() ? (this.#known.get(key) ?? this.#apart.get(key)) : undefined;
    if (known) {
      this.#hits++;
      return known;
    }
    this.#misses++;
    const generation = this.#generation;
    const value = await this.load(key);
    // A change that was told while we were reading may not be in what we read: use it once, don't keep it.
    if (value && generation === this.#generation) {
      this.#keep(key, value);
      onKept?.(value);
    }
    return value;
  }

  #keep(key: string, value: Value): void {
    const [here, there] = this.options.isWorthless?.(value) ? [this.#apart, this.#known] : [this.#known, this.#apart];
    there.delete(key);
    here.set(key, value);
  }

  /** @param key left out when it is not known which one changed, and none can be kept that is being read */
  forget(key: string | undefined): void {
    this.#generation++;
    if (key === undefined) return;
    this.#known.delete(key);
    this.#apart.delete(key);
  }

  get statistics(): CacheStatistics {
    return { entries: this.#known.size + this.#apart.size, hits: this.#hits, misses: this.#misses };
  }

  clear(): void {
    this.#generation++;
    this.#known.clear();
    this.#apart.clear();
  }
}
