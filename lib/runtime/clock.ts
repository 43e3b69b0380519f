/** The database's time, estimated without asking it: instances whose clocks differ judge alike. */
export class Clock {
  #offset = 0;

  /** @param databaseTime what the database said  @param askedAt, answeredAt this process's time around the question (ms) */
  adjust(databaseTime: Date, askedAt: number, answeredAt: number): void {
    this.#offset = databaseTime.getTime() - (askedAt + answeredAt) / 2;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.#offset;
  }
}
