/** Hashes that may wait: a second or two of work. More only makes everybody wait longer. */
const MOST_WAITING = 50;

/**
 * Password hashes, one at a time. Hashing takes tens of milliseconds of a thread of libuv's pool, which signing needs for
 * one: so of the pool's threads (four, UV_THREADPOOL_SIZE) signing always has all but one, and a flood of sign-ins can't
 * starve token answers.
 */
export class HashQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Hashes asked for and not done, the one under way included. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether whoever comes now should come again later. */
  get full(): boolean {
    return this.#waiting >= MOST_WAITING;
  }

  /** Does the work when all that was asked for before is done. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting++;
    const result = this.#last.then(work, work).finally(() => {
      this.#waiting--;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
