/** How fast this machine's clock may run away from the database's: a thousandth, far worse than any that is kept. */
const DRIFT = 1 / 1_000;

/**
 * The database's time, estimated without asking it: instances whose clocks differ judge alike. The estimate is never
 * behind the true time, so that nothing that has expired is taken for valid.
 */
export class Clock {
  /** The true offset lies between these. */
  #least = Number.NEGATIVE_INFINITY;
  #most = 0;
  #adjustedAt = 0;

  /**
   * The database spoke at some moment between question and answer, so its offset lies between two bounds; how long the
   * process or the network stood still in between only moves them apart. What was known before narrows them, unless the
   * two disagree: then a clock was set.
   * @param databaseTime what the database said  @param askedAt, answeredAt this process's time around the question (ms)
   */
  adjust(databaseTime: Date, askedAt: number, answeredAt: number): void {
    const drift = Math.abs(answeredAt - this.#adjustedAt) * DRIFT;
    const [least, most] = [databaseTime.getTime() - answeredAt, databaseTime.getTime() - askedAt];
    const [wasLeast, wasMost] = [this.#least - drift, this.#most + drift];
    const agree = least <= wasMost && wasLeast <= most && this.#least !== Number.NEGATIVE_INFINITY;
    this.#least = agree ? Math.max(least, wasLeast) : least;
    this.#most = agree ? Math.min(most, wasMost) : most;
    this.#adjustedAt = answeredAt;
  }

  /** Milliseconds since the epoch: the database's time now, or somewhat later. */
  now(): number {
    return Date.now() + this.#most;
  }
}
