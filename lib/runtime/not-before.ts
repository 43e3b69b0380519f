/** What a token is asked about: every subject whose security event would end it. */
export type TokenSubjects = { connection: string; user: string; app: number; tenant: string; kid: string };

// An access token's hour, and some for clocks.
const KEPT_MS = 65 * 60_000;

/**
 * Not-before times of security events: access tokens of a subject issued at or before its time are inactive.
 * A key that is gone is gone for every token: who stole it writes any `iat` into what it forges.
 * Held in memory, told by the bus; while the bus is silent the database is asked.
 */
export class NotBefore {
  #times = new Map<string, number>();

  constructor(
    private readonly load: () => Promise<{ subject: string; notBefore: Date }[]>,
    private readonly find: (subjects: string[]) => Promise<{ subject: string; notBefore: Date }[]>,
    private readonly trusted: () => boolean,
  ) {}

  /** Times only ever move forward, so what is told while the database is read stays. */
  async reload(): Promise<void> {
    for (const row of await this.load()) this.note(row.subject, row.notBefore.getTime());
  }

  /** Forgets times that no living token can meet. @param now milliseconds since the epoch */
  forgetOld(now: number): void {
    for (const [subject, time] of this.#times) if (time < now - KEPT_MS) this.#times.delete(subject);
  }

  /** @param time milliseconds since the epoch */
  note(subject: string, time: number): void {
    this.#times.set(subject, Math.max(time, this.#times.get(subject) ?? 0));
  }

  /**
   * Whether a security event has ended the token.
   * @param issuedAt the token's `iat`, seconds since the epoch
   */
  async ended(token: TokenSubjects, issuedAt: number): Promise<boolean> {
    if (this.#times.size === 0 && this.trusted()) return false;
    const subjects = [
      `connection:${token.connection}`,
      `user:${token.user}`,
      `app:${token.app}`,
      `tenant:${token.tenant}`,
      `key:${token.kid}`,
    ];
    const ends = (subject: string, time: number) => subject.startsWith('key:') || issuedAt * 1000 <= time;
    if (!this.trusted()) return (await this.find(subjects)).some((row) => ends(row.subject, row.notBefore.getTime()));
    return subjects.some((subject) => {
      const time = this.#times.get(subject);
      return time !== undefined && ends(subject, time);
    });
  }
}
