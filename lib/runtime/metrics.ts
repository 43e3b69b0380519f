import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LimitName } from './limits';
import type { Runtime } from './runtime';

/** Seconds. Token answers take a few milliseconds; whatever takes longer than ten has failed for whoever waits. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIGNING_SECONDS = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256];

/**
 * What is measured of a process, in Prometheus' terms. Labels are words of ours (routes of a table, reasons of a
 * catalogue, statuses): never what somebody sends, so that their number has a bound and nothing secret stands in one.
 */
export class Metrics {
  readonly registry = new Registry();
  #signing = 0;

  readonly #requests = new Histogram({
    name: 'gatehouse_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer, by route and status (0: the client hung up).',
    labelNames: ['route', 'status'],
    buckets: REQUEST_SECONDS,
    registers: [this.registry],
  });
  readonly #refusals = new Counter({
    name: 'gatehouse_refusals_total',
    help: 'Refusals of machine endpoints by route and reason.',
    labelNames: ['route', 'reason'],
    registers: [this.registry],
  });
  readonly #grants = new Counter({
    name: 'gatehouse_token_grants_total',
    help: 'Token requests by grant type and outcome: ok, or the reason of the refusal.',
    labelNames: ['grant', 'outcome'],
    registers: [this.registry],
  });
  readonly #mails = new Counter({
    name: 'gatehouse_mails_total',
    help: 'Mails by kind and outcome: queued, sent, tried (it is tried again), failed (it is not), dropped (nobody to send it to).',
    labelNames: ['kind', 'outcome'],
    registers: [this.registry],
  });
  readonly #signatures = new Histogram({
    name: 'gatehouse_signing_duration_seconds',
    help: 'Time of an RS256 signature, waiting for a thread included.',
    buckets: SIGNING_SECONDS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge('gatehouse_signing_queue', 'Signatures under way or waiting for a thread.', () => this.#signing);
  }

  /** @param route of a closed set  @param status of the answer; 0 when there was none  @param seconds it took */
  request(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, status }, seconds);
  }

  /** @param reason a word of the catalogue of errors */
  refusal(route: string, reason: string): void {
    this.#refusals.inc({ route, reason });
  }

  /** @param outcome `ok`, or a word of the catalogue of errors */
  grant(grant: string, outcome: string): void {
    this.#grants.inc({ grant, outcome });
  }

  /** @param kind a word of the catalogue of mails */
  mail(kind: string, outcome: 'queued' | 'sent' | 'tried' | 'failed' | 'dropped'): void {
    this.#mails.inc({ kind, outcome });
  }

  /** Counts and times a signature. */
  async signing<Result>(signature: () => Promise<Result>): Promise<Result> {
    const begin = performance.now();
    this.#signing++;
    try {
      return await signature();
    } finally {
      this.#signing--;
      this.#signatures.observe((performance.now() - begin) / 1_000);
    }
  }

  /** Reads, whenever somebody asks for the metrics, what the parts of the process count by themselves. */
  watch({ pool, bus, clients, tenantNames, limits, hashes, events, activity, newConnections }: Runtime): void {
    this.#gauge('gatehouse_pool_connections', 'Connections to the database.', () => pool.totalCount);
    this.#gauge(
      'gatehouse_pool_connections_in_use',
      'Connections that are lent.',
      () => pool.totalCount - pool.idleCount,
    );
    this.#gauge('gatehouse_pool_waiting', 'Who waits for a connection.', () => pool.waitingCount);
    this.#gauge(
      'gatehouse_bus_heartbeat_age_seconds',
      'Since the last sign that changes are heard of; beyond 3 the database is asked instead of memory.',
      () => bus.heartbeatAgeMs / 1_000,
      'max',
    );
    this.#gauge('gatehouse_password_hashes_waiting', 'Passwords being hashed or waiting for it.', () => hashes.waiting);
    const batches = { events, activity, new_connections: newConnections };
    const caches = { clients, tenant_names: tenantNames };
    this.#labelled(
      Gauge,
      'gatehouse_batch_waiting',
      'Lines that wait to be written after their answer.',
      ['batch'],
      () => Object.entries(batches).map(([batch, { waiting }]) => [{ batch }, waiting]),
    );
    this.#labelled(Gauge, 'gatehouse_cache_entries', 'What is kept in memory.', ['cache'], () =>
      Object.entries(caches).map(([cache, { statistics }]) => [{ cache }, statistics.entries]),
    );
    this.#labelled(Counter, 'gatehouse_cache_lookups_total', 'Look-ups by result.', ['cache', 'result'], () =>
      Object.entries(caches).flatMap(
        ([
          cache,
          {
            statistics: { hits, misses },
          },
        ]) => [
          [{ cache, result: 'hit' }, hits],
          [{ cache, result: 'miss' }, misses],
        ],
      ),
    );
    this.#labelled(Counter, 'gatehouse_rate_limited_total', 'Requests refused by a limit.', ['limit'], () =>
      (Object.entries(limits.hits) as [LimitName, number][]).map(([limit, hits]) => [{ limit }, hits]),
    );
  }

  #gauge(name: string, help: string, read: () => number, aggregator: 'sum' | 'max' = 'sum'): void {
    new Gauge({
      name,
      help,
      aggregator,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  #labelled(
    Kind: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    labelNames: string[],
    read: () => [Record<string, string>, number][],
  ): void {
    new Kind({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }
}
