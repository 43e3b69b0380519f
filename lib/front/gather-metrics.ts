import cluster, { type Worker } from 'node:cluster';
import process from 'node:process';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** What serving processes and the one that started them say to each other about metrics. */
export type MetricsMessage =
  | { kind: 'scrape'; scrape: number }
  | { kind: 'collect'; round: number }
  | { kind: 'collected'; round: number; metrics: object }
  | { kind: 'gathered'; scrape: number; text: string };

/** Who has not answered by then is left out: a process that stands still must not hide the others. */
const PATIENCE_MS = 2_000;

const asked = new Map<number, (text: string) => void>();
let scrapes = 0;

/** The metrics of this process, or of all processes of this instance, as Prometheus reads them. */
export function gatherMetrics(registry: Registry): Promise<string> {
  if (!cluster.isWorker) return registry.metrics();
  return new Promise((resolve) => {
    const scrape = scrapes++;
    asked.set(scrape, resolve);
    process.send?.({ kind: 'scrape', scrape } satisfies MetricsMessage);
  });
}

/** Makes a serving process answer when it is asked for its metrics. */
export function shareMetrics(registry: Registry): void {
  if (!cluster.isWorker) return;
  process.on('message', async (message: MetricsMessage) => {
    if (message.kind === 'collect') {
      const metrics = await registry.getMetricsAsJSON();
      process.send?.({ kind: 'collected', round: message.round, metrics } satisfies MetricsMessage);
    }
    if (message.kind === 'gathered') {
      asked.get(message.scrape)?.(message.text);
      asked.delete(message.scrape);
    }
  });
}

type Round = { waiting: Set<Worker>; collected: object[]; done: () => void };

/** Gathers the metrics of all serving processes, in the process that started them. */
export class MetricsGatherer {
  #rounds = new Map<number, Round>();
  #next = 0;

  /** @param own metrics of this process itself  @param serving who is asked */
  constructor(
    private readonly own: Registry,
    private readonly serving: ReadonlySet<Worker>,
  ) {}

  hear(worker: Worker, message: MetricsMessage): void {
    if (message.kind === 'scrape') void this.#answer(worker, message.scrape);
    if (message.kind !== 'collected') return;
    this.#rounds.get(message.round)?.collected.push(message.metrics);
    this.#release(message.round, worker);
  }

  /** A process that ended answers no more. */
  gone(worker: Worker): void {
    for (const round of this.#rounds.keys()) this.#release(round, worker);
  }

  async #answer(worker: Worker, scrape: number): Promise<void> {
    const metrics = [await this.own.getMetricsAsJSON(), ...(await this.#collect())];
    const text = await AggregatorRegistry.aggregate(metrics).metrics();
    if (worker.isConnected()) worker.send({ kind: 'gathered', scrape, text } satisfies MetricsMessage);
  }

  async #collect(): Promise<object[]> {
    const number = this.#next++;
    const waiting = new Set([...this.serving].filter((worker) => worker.isConnected()));
    const collected: object[] = [];
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#rounds.set(number, { waiting, collected, done });
      for (const worker of waiting) worker.send({ kind: 'collect', round: number } satisfies MetricsMessage);
    });
    this.#rounds.delete(number);
    return collected;
  }

  #release(number: number, worker: Worker): void {
    const round = this.#rounds.get(number);
    round?.waiting.delete(worker);
    if (round?.waiting.size === 0) round.done();
  }
}
