/** Of a budget, what one holder may have: a quarter, so that nobody keeps the others from sending. */
const SHARE = 1 / 4;

/**
 * Bytes of bodies that are in memory at once. A request takes what it says it will send before the first byte is read:
 * who stops a byte short holds no less than who sends all of it.
 */
export class BodyBudget {
  readonly #bytes: number;
  readonly #holders = new Map<string, number>();
  #taken = 0;

  /** @param bytes of all holders together */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /**
   * @param holder a person or a network
   * @param bytes as the request's Content-Length says
   * @returns what gives them back, however often it is called; null when there is no room for them
   */
  take(holder: string, bytes: number): (() => void) | null {
    const held = this.#holders.get(holder) ?? 0;
    if (this.#taken + bytes > this.#bytes || held + bytes > this.#bytes * SHARE) return null;
    this.#change(holder, bytes);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#change(holder, -bytes);
    };
  }

  #change(holder: string, bytes: number): void {
    this.#taken += bytes;
    const held = (this.#holders.get(holder) ?? 0) + bytes;
    if (held === 0) this.#holders.delete(holder);
    else this.#holders.set(holder, held);
  }
}
