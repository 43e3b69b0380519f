import cluster, { type Worker } from 'node:cluster';
import process from 'node:process';
import { Counter, Gauge, Registry } from 'prom-client';
import { openLog } from '@/lib/runtime/log';
import { MetricsGatherer, type MetricsMessage } from './gather-metrics';
import { Restarts } from './restarts';

/** What a serving process and the one that started it say to each other. */
type ProcessMessage = { kind: 'serving' } | MetricsMessage;

/** Longer than a serving process takes by itself to finish its answers, shorter than `npm start` waits for us. */
const PATIENCE_MS = 20_000;

/** The number of this serving process, from 1; null in the process that starts them, and where there is only one. */
export function processNumber(): number | null {
  return cluster.isWorker ? Number(process.env.GATEHOUSE_PROCESS) : null;
}

/** Tells the process that started this one that it serves from now on. */
export function tellServing(): void {
  if (cluster.isWorker) process.send?.({ kind: 'serving' } satisfies ProcessMessage);
}

/**
 * Starts the serving processes and keeps their number. They share one listening socket (Node's cluster) and take
 * connections from the kernel's queue by themselves: handed on in turn by a process in front, a connection would be lost
 * with a process that dies before it has taken it. The first one starts alone: what is wrong with the settings is said once.
 */
export function serveWith({ processes, logLevel }: { processes: number; logLevel: string }): void {
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const log = openLog(logLevel, 'main');
  const restarts = new Restarts();
  const running = new Map<number, Worker>();
  const serving = new Set<Worker>();
  const registry = new Registry();
  const gatherer = new MetricsGatherer(registry, serving);
  const ended = new Counter({
    name: 'gatehouse_processes_ended_total',
    help: 'Serving processes that ended without being told to.',
    registers: [registry],
  });
  new Gauge({
    name: 'gatehouse_processes',
    help: 'Serving processes.',
    registers: [registry],
    collect() {
      this.set(serving.size);
    },
  });
  let everServed = false;
  let exitCode: number | null = null;

  const end = (code: number) => {
    if (exitCode !== null) return;
    exitCode = code;
    for (const worker of running.values()) worker.process.kill('SIGTERM');
    setTimeout(() => {
      for (const worker of running.values()) worker.process.kill('SIGKILL');
    }, PATIENCE_MS).unref();
    if (running.size === 0) process.exit(code);
  };

  const start = (number: number) => {
    if (exitCode !== null) return;
    const worker = cluster.fork({ GATEHOUSE_PROCESS: String(number) });
    let servingSince: number | null = null;
    running.set(number, worker);
    worker.on('message', (message: ProcessMessage) => {
      if (message.kind !== 'serving') return gatherer.hear(worker, message);
      servingSince = performance.now();
      serving.add(worker);
      log.info({ started: number, child: worker.process.pid }, 'serving');
      if (everServed) return;
      everServed = true;
      for (let other = 1; other <= processes; other++) if (other !== number) start(other);
    });
    worker.on('exit', (code, signal) => {
      running.delete(number);
      serving.delete(worker);
      gatherer.gone(worker);
      if (exitCode !== null) {
        if (running.size === 0) process.exit(exitCode);
        return;
      }
      // It has said why.
      if (!everServed) return end(1);
      ended.inc();
      log.error({ ended: number, child: worker.process.pid, code, signal }, 'a serving process ended');
      replace(number, servingSince === null ? 0 : performance.now() - servingSince);
    });
  };

  const replace = (number: number, servedMs: number) => {
    const wait = restarts.afterEnd(servedMs);
    if (wait !== null) {
      setTimeout(start, wait, number);
      return;
    }
    console.error(
      'Gatehouse ends: serving processes ended again and again right after their start. What they said stands above.',
    );
    end(1);
  };

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(0));
  start(1);
}
