/** Who has served for so long ends for a reason of its own; whoever ends sooner may end again and again. */
const STEADY_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;
/** About half a minute of trying. */
const MOST_IN_A_ROW = 8;

/** How a serving process that ended is replaced: at once, then ever more slowly, then no more. */
export class Restarts {
  #inARow = 0;

  /**
   * @param servedMs how long the process that ended had been serving; 0: it never did
   * @returns milliseconds to wait before the next one is started, or null: starting it over helps no more
   */
  afterEnd(servedMs: number): number | null {
    if (servedMs >= STEADY_MS) this.#inARow = 0;
    this.#inARow++;
    if (this.#inARow > MOST_IN_A_ROW) return null;
    return this.#inARow === 1 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#inARow - 2));
  }
}
