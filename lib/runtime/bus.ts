import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Clock } from './clock';
import type { Log } from './log';

const HEARTBEAT_MS = 1_000;
/** Without a sign from the database for this long, what is in memory may be stale. */
const STALE_AFTER_MS = 3_000;

type Listener = (payload: string) => void;

/**
 * Hears what changes in the database (LISTEN gatehouse) on a connection of its own. The heartbeat is a notice to itself:
 * its arrival proves the whole path, and it tells the database's time.
 */
export class Bus {
  #client: pg.Client | null = null;
  #listeners: Listener[] = [];
  #reconnected: (() => Promise<void>)[] = [];
  #lastHeartbeat = 0;
  #stopped = false;
  readonly #own = `heartbeat:${randomUUID()}`;

  constructor(
    private readonly config: pg.ClientConfig,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Milliseconds since the last sign from the database. */
  get heartbeatAgeMs(): number {
    return performance.now() - this.#lastHeartbeat;
  }

  /** Whether notices have been arriving: only then may memory answer for the database. */
  get alive(): boolean {
    return this.heartbeatAgeMs < STALE_AFTER_MS;
  }

  onNotice(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Called after each (re)connection, before the bus counts as alive: notices may have been missed. */
  onConnected(reload: () => Promise<void>): void {
    this.#reconnected.push(reload);
  }

  /** Tells every instance, this one included. Lost when the database is away. @param payload at most 7,999 bytes */
  async publish(payload: string): Promise<void> {
    await this.#client?.query("SELECT pg_notify('gatehouse', $1)", [payload]);
  }

  async start(): Promise<void> {
    await this.#connect();
    void this.#beat();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.config);
    client.on('error', () => undefined);
    client.on('notification', (notice) => this.#hear(notice.payload ?? ''));
    await client.connect();
    await client.query('LISTEN gatehouse');
    this.#client = client;
    for (const reload of this.#reconnected) await reload();
    await this.#heartbeat(client);
    this.#lastHeartbeat = performance.now();
  }

  #hear(payload: string): void {
    if (payload === this.#own) this.#lastHeartbeat = performance.now();
    else if (!payload.startsWith('heartbeat:')) for (const listener of this.#listeners) listener(payload);
  }

  async #heartbeat(client: pg.Client): Promise<void> {
    const askedAt = Date.now();
    const { rows } = await client.query<{ now: Date }>("SELECT clock_timestamp() AS now, pg_notify('gatehouse', $1)", [
      this.#own,
    ]);
    if (rows[0]) this.clock.adjust(rows[0].now, askedAt, Date.now());
  }

  async #beat(): Promise<void> {
    while (!this.#stopped) {
      await wait(HEARTBEAT_MS, undefined, { ref: false });
      try {
        if (this.#client) await this.#heartbeat(this.#client);
        else await this.#connect();
      } catch (error) {
        if (this.#stopped) return;
        this.log.warn({ err: error }, 'lost the connection that hears of changes');
        const broken = this.#client;
        this.#client = null;
        await broken?.end().catch(() => undefined);
      }
    }
  }
}
