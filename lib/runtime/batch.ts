import type { Log } from './log';

/**
 * Writes in batches what no answer depended on: developers' events, last activity. A crash loses at most what is waiting.
 * While the database is away they wait, the oldest up to the bound; what comes beyond it is lost.
 */
export class Batch<Item> {
  #waiting: Item[] = [];
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout;

  constructor(
    /** Answers with what another turn is to write, if anything. */
    private readonly write: (items: Item[]) => Promise<void> | Promise<Item[]>,
    private readonly log: Log,
    private readonly bound = 20_000,
    everyMs = 500,
    /** Before every write: what may have more to add. */
    before: () => void = () => undefined,
  ) {
    this.#timer = setInterval(() => {
      before();
      void this.flush();
    }, everyMs).unref();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(item: Item): void {
    if (this.#waiting.length < this.bound) this.#waiting.push(item);
  }

  /** Writes what is waiting; resolves when it is written or has failed. */
  async flush(): Promise<void> {
    if (this.#writing) return this.#writing;
    if (this.#waiting.length === 0) return;
    const items = this.#waiting;
    this.#waiting = [];
    this.#writing = this.#write(items).finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #write(items: Item[]): Promise<void> {
    try {
      const left = await this.write(items);
      if (left) this.#keep(left);
    } catch (error) {
      this.#keep(items);
      this.log.warn({ err: error, waiting: this.#waiting.length }, 'could not write a batch, it waits');
    }
  }

  #keep(items: Item[]): void {
    this.#waiting = [...items, ...this.#waiting].slice(0, this.bound);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.flush();
  }
}
