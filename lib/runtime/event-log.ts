import type { EventDetails } from '@/lib/oauth/event-details';
import { isGiven, isHarmless } from '@/lib/oauth/event-outcomes';
import { Batch } from './batch';
import { networkOf } from './limits';
import type { Log } from './log';
import type { OAuthEventLine } from './runtime';

const MINUTE_MS = 60_000;

/** Lines of one app in a minute that anybody could have caused, refusals and others each; the rest of them is counted. */
export const MOST_LINES = 60;
/** Of these, lines that one network caused: nobody crowds out what others run into. */
export const MOST_FROM_NETWORK = 20;

/** An event, and what it says beside its cause: worked out only where it is written. */
export type SentEvent = Omit<OAuthEventLine, 'details'> & { details: EventDetails | (() => EventDetails) };

type Held = { line: OAuthEventLine; times: number };

/**
 * The developers' event log on its way to the database. What strangers can cause has a bound, by app and minute and in
 * each process: beyond it a line says once how many more there were of a kind. What apps were given is always written.
 */
export class EventLog {
  readonly #batch: Batch<OAuthEventLine>;
  #minute = 0;
  #lines = new Map<string, number>();
  #held = new Map<string, Held>();

  constructor(
    write: (lines: OAuthEventLine[]) => Promise<void>,
    log: Log,
    private readonly now: () => number,
    bound = 20_000,
  ) {
    this.#batch = new Batch(write, log, bound, 500, () => this.#turn());
  }

  get waiting(): number {
    return this.#batch.waiting;
  }

  /** @param address of the client that caused it */
  add(line: SentEvent, address: string): void {
    this.#turn();
    const { details } = line;
    // Tokens and codes are given as often as users allow it.
    if (!isGiven(line.outcome) && !this.#admits(line, networkOf(address))) this.#hold(line);
    else this.#batch.add({ ...line, details: typeof details === 'function' ? details() : details });
  }

  #hold(sent: SentEvent): void {
    // What a sum says is none of its events': nothing of what was sent is kept for it.
    const { lookUp: _, ...line } = { ...sent, details: {} };
    const key = `${line.appId} ${line.kind} ${line.outcome}`;
    const held = this.#held.get(key);
    if (held) held.times += 1;
    else this.#held.set(key, { line, times: 1 });
  }

  flush(): Promise<void> {
    return this.#batch.flush();
  }

  /** Writes what is waiting, sums included. */
  async stop(): Promise<void> {
    this.#sum();
    await this.#batch.stop();
  }

  #admits({ appId, outcome }: SentEvent, network: string): boolean {
    // Each has lines of its own, so that what is harmless takes none from refusals.
    const ofApp = `${appId} ${isHarmless(outcome) ? 'harmless' : 'refused'}`;
    const ofNetwork = `${ofApp} ${network}`;
    const [app, own] = [this.#lines.get(ofApp) ?? 0, this.#lines.get(ofNetwork) ?? 0];
    if (app >= MOST_LINES || own >= MOST_FROM_NETWORK) return false;
    this.#lines.set(ofApp, app + 1).set(ofNetwork, own + 1);
    return true;
  }

  /** With a new minute all begins anew, and what was held back is summed up. */
  #turn(): void {
    const minute = Math.floor(this.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#lines.clear();
    this.#sum();
  }

  #sum(): void {
    for (const { line, times } of this.#held.values()) {
      const { appId, kind, outcome, dialect, at } = line;
      const nobody = { userId: null, connectionId: null, requestId: '' };
      this.#batch.add({ ...nobody, appId, kind, outcome, dialect, at, repeats: times, details: { summed: true } });
    }
    this.#held.clear();
  }
}
