import { LRUCache } from 'lru-cache';

/** Outcome of counting a request: refused when `retryAfterSeconds` is a number. */
export type LimitVerdict = { retryAfterSeconds: number | null };

/** Requests that one instance counted for one key; fewer than 0 when more were given back than counted. */
export type Counts = { name: string; key: string; requests: number };

const WINDOW_MS = 60_000;

// Who is far from the limit is not worth telling. So the limit may be overshot by a tenth of it for each further
// instance, and by what arrives within the second between two exchanges.
const TOLD_FROM = 0.1;

/** Keys in one counter: an attacker with a whole IPv6 provider's networks must not fill the memory. The least recent goes. */
const MOST_KEYS = 50_000;

/** One minute of one key; it begins with the first request. */
type Window = {
  requests: number;
  /** By `performance.now()`. */
  endsAt: number;
  /** Of the requests, those that the other instances have not heard of. */
  untold: number;
};

/**
 * Requests a minute, counted in memory; instances tell each other every second. It stands before everything else, on every
 * request: so no timers and no promises, and an old window is replaced when its key comes again.
 */
export class SharedCounter {
  readonly #windows: LRUCache<string, Window>;
  #untold = new Map<string, Window>();

  /**
   * @param points requests a minute
   * @param mostKeys that are remembered
   */
  constructor(
    readonly name: string,
    private readonly points: number,
    mostKeys = MOST_KEYS,
  ) {
    this.#windows = new LRUCache({
      max: mostKeys,
      noDisposeOnSet: true,
      dispose: (_, key) => this.#untold.delete(key),
    });
  }

  count(key: string): LimitVerdict {
    const window = this.#add(key, 1);
    if (window.requests > this.points) return { retryAfterSeconds: secondsUntilEnd(window) };
    this.#note(key, window, 1);
    return { retryAfterSeconds: null };
  }

  /** Whether the next one of this key would be refused; counts nothing. */
  full(key: string): LimitVerdict {
    const window = this.#current(key);
    return { retryAfterSeconds: window && window.requests >= this.points ? secondsUntilEnd(window) : null };
  }

  /** Takes one back that should not count. */
  giveBack(key: string): void {
    const window = this.#current(key);
    if (!window) return;
    window.requests--;
    this.#note(key, window, -1);
  }

  /** What the other instances should know, once. */
  *take(): Generator<Counts> {
    const now = performance.now();
    for (const [key, window] of this.#untold) {
      const near = window.requests >= this.points * TOLD_FROM || window.untold < 0;
      if (!near && window.endsAt >= now) continue;
      this.#untold.delete(key);
      const requests = window.untold;
      window.untold = 0;
      if (window.endsAt >= now && requests !== 0) yield { name: this.name, key, requests };
    }
  }

  /** Adds what another instance has counted. */
  add(key: string, requests: number): void {
    this.#add(key, requests);
  }

  #current(key: string): Window | null {
    const window = this.#windows.get(key);
    return window && window.endsAt > performance.now() ? window : null;
  }

  #add(key: string, requests: number): Window {
    const current = this.#current(key);
    if (current) {
      current.requests += requests;
      return current;
    }
    const window = { requests, endsAt: performance.now() + WINDOW_MS, untold: 0 };
    this.#windows.set(key, window);
    return window;
  }

  #note(key: string, window: Window, requests: number): void {
    window.untold += requests;
    this.#untold.set(key, window);
  }
}

const secondsUntilEnd = ({ endsAt }: Window) => Math.max(1, Math.ceil((endsAt - performance.now()) / 1000));
