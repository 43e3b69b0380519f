import type { Measured } from '../measure/rounds';
import { OPERATIONS, type Operation } from '../subject';
import { limitOf, type Results, summarize } from './results';

const count = (value: number) => Math.round(value).toLocaleString('en');
const ms = (value: number | null) => (value === null ? 'n/a' : value.toFixed(value < 10 ? 2 : 1));

/** One window, as it is told while the run goes on. */
export function line({ subject, operation, round, perSecond, p50, p99, serverCpuMs, databaseCpuMs }: Measured): string {
  const name = `${OPERATIONS[operation]}, ${subject}`.padEnd(52);
  const cpu = `CPU ${ms(serverCpuMs)} + ${ms(databaseCpuMs)} ms`;
  return `${name} round ${round}  ${count(perSecond).padStart(7)}/s  p50 ${ms(p50)}  p99 ${ms(p99)} ms  ${cpu}`;
}

/** Everything for the terminal, as Markdown that reads well there. */
export function tables(results: Results): string {
  const { limits } = results;
  const head = [
    `limits: ${count(limits.signaturesPerSecond)} RS256 signatures/s (${ms(limits.signatureCpuMs)} ms CPU each), `,
    `${count(limits.transactionsPerSecond)} transactions/s, ${count(limits.echoesPerSecond)} HTTP echoes/s`,
  ].join('');
  return [head, '', ownTable(results)].join('\n');
}

/** Ours beside its limits. */
export function ownTable(results: Results): string {
  const operations = [...new Set(results.measured.map(({ operation }) => operation))];
  const rows = operations.map((operation) => row(results, operation));
  const head = ['operation', 'requests/s', 'p50 ms', 'p99 ms', 'server CPU ms', 'database CPU ms', 'bound by', 'share'];
  return markdown([head, ...rows]);
}

function row(results: Results, operation: Operation): string[] {
  const found = summarize(results, 'Gatehouse', operation);
  if (!found) return [OPERATIONS[operation]];
  const limit = limitOf(results, operation);
  return [
    OPERATIONS[operation],
    count(found.perSecond),
    ms(found.p50),
    ms(found.p99),
    ms(found.serverCpuMs),
    ms(found.databaseCpuMs),
    `${limit.what}, ${count(limit.perSecond)}/s`,
    (found.perSecond / limit.perSecond).toFixed(2),
  ];
}

/** @param rows the first one is the head; the first column is text, the others are numbers */
export function markdown([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => (row[at] ?? '').length)));
  const write = (row: string[]) =>
    `| ${widths.map((width, at) => (at === 0 ? (row[at] ?? '').padEnd(width) : (row[at] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [write(head), rule, ...rows.map(write)].join('\n');
}
