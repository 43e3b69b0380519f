import type { Limits } from '../measure/limits';
import type { Measured } from '../measure/rounds';
import { ALL_OPERATIONS, OPERATIONS, type Operation } from '../subject';
import { isGrant, limitOf, type Results, ratio, runOf, summarize } from './results';

const count = (value: number) => Math.round(value).toLocaleString('en');
const ms = (value: number | null) => (value === null ? 'n/a' : value.toFixed(value < 10 ? 2 : 1));

/** One window, as it is told while the run goes on. */
export function line({ subject, operation, round, perSecond, p50, p99, serverCpuMs, databaseCpuMs }: Measured): string {
  const name = `${OPERATIONS[operation]}, ${subject}`.padEnd(54);
  const cpu = `CPU ${ms(serverCpuMs)} + ${ms(databaseCpuMs)} ms`;
  return `${name} round ${round}  ${count(perSecond).padStart(7)}/s  p50 ${ms(p50)}  p99 ${ms(p99)} ms  ${cpu}`;
}

export function limitsLine(limits: Limits): string {
  return [
    `${count(limits.signaturesPerSecond)} RS256 signatures/s (${ms(limits.signatureCpuMs)} ms of CPU each)`,
    `${count(limits.transactionsPerSecond)} transactions/s`,
    `${count(limits.echoesPerSecond)} HTTP echoes/s`,
  ].join(', ');
}

const measuredOperations = (results: Results) => ALL_OPERATIONS.filter((operation) => runOf(results, operation));

/** Ours beside its limits. */
export function ownTable(results: Results): string {
  const head = ['operation', 'requests/s', 'p50 ms', 'p99 ms', 'server CPU ms', 'database CPU ms', 'bound by', 'share'];
  return markdown([head, ...measuredOperations(results).map((operation) => ownRow(results, operation))]);
}

function ownRow(results: Results, operation: Operation): string[] {
  const found = summarize(results, 'Gatehouse', operation);
  const run = runOf(results, operation);
  if (!found || !run) return [OPERATIONS[operation]];
  const limit = limitOf(run, operation);
  const signatures =
    isGrant(operation) && found.serverCpuMs !== null ? found.serverCpuMs / run.limits.signatureCpuMs : null;
  return [
    OPERATIONS[operation],
    count(found.perSecond),
    ms(found.p50),
    ms(found.p99),
    `${ms(found.serverCpuMs)}${signatures === null ? '' : ` (${signatures.toFixed(1)} signatures)`}`,
    ms(found.databaseCpuMs),
    `${limit.what}, ${count(limit.perSecond)}/s`,
    (found.perSecond / limit.perSecond).toFixed(2),
  ];
}

/** Ours beside others: how many times as many requests, [least–most] of the rounds; empty when nobody else was measured. */
export function peerTable(results: Results): string {
  const peers = [...new Set(results.runs.flatMap(({ measured }) => measured.map(({ subject }) => subject)))].filter(
    (subject) => subject !== 'Gatehouse',
  );
  const operations = measuredOperations(results).filter((operation) =>
    peers.some((peer) => ratio(results, peer, operation)),
  );
  if (operations.length === 0) return '';
  const head = [
    'operation',
    ...['Gatehouse', ...peers].map((name) => `${name}, requests/s (p99 ms)`),
    ...peers.map((peer) => `times ${peer}`),
  ];
  const rows = operations.map((operation) => [
    OPERATIONS[operation],
    ...['Gatehouse', ...peers].map((subject) => {
      const found = summarize(results, subject, operation);
      return found ? `${count(found.perSecond)} (${ms(found.p99)})` : '–';
    }),
    ...peers.map((peer) => {
      const found = ratio(results, peer, operation);
      return found ? `**${found.median.toFixed(1)}** [${found.least.toFixed(1)}–${found.most.toFixed(1)}]` : '–';
    }),
  ]);
  return markdown([head, ...rows]);
}

/** @param rows the first one is the head; the first column is text, the others are numbers */
function markdown([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => (row[at] ?? '').length)));
  const write = (row: string[]) =>
    `| ${widths.map((width, at) => (at === 0 ? (row[at] ?? '').padEnd(width) : (row[at] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [write(head), rule, ...rows.map(write)].join('\n');
}
