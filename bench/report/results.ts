import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { median } from '../measure/drive';
import type { Limits } from '../measure/limits';
import type { Measured } from '../measure/rounds';
import type { Operation } from '../subject';
import type { Machine } from './machine';

/** What one run found out, beside what the machine could do at most while it ran. */
export type Run = {
  /** When it ended. */
  at: string;
  connections: number;
  /** Of one window. */
  seconds: number;
  rounds: number;
  /** What a reader must know of it; empty: nothing. */
  note: string;
  limits: Limits;
  measured: Measured[];
};

/** A file of results: a long measurement may be taken in several runs, each of other operations. */
export type Results = { machine: Machine; runs: Run[] };

const FOLDER = 'bench/results';

/** Adds a run to a file; what it measured anew replaces what stood there. */
export function save(file: string, machine: Machine, run: Run): Results {
  const earlier: Run[] = existsSync(inRoot(file)) ? read(file).runs : [];
  const anew = new Set(run.measured.map(({ operation }) => operation));
  const kept = earlier
    .map((one) => ({ ...one, measured: one.measured.filter(({ operation }) => !anew.has(operation)) }))
    .filter(({ measured }) => measured.length > 0);
  const results = { machine, runs: [...kept, run] };
  mkdirSync(path.dirname(inRoot(file)), { recursive: true });
  writeFileSync(inRoot(file), `${JSON.stringify(results, null, 2)}\n`);
  return results;
}

/** The newest file of results by its name, which is its day. @returns null when there is none */
export function newestFile(): string | null {
  if (!existsSync(inRoot(FOLDER))) return null;
  const name = readdirSync(inRoot(FOLDER))
    // Growth has files of its own beside them.
    .filter((one) => /^\d{4}-\d{2}-\d{2}\.json$/.test(one))
    .sort()
    .at(-1);
  return name === undefined ? null : `${FOLDER}/${name}`;
}

/** Where today's results go. */
export const todaysFile = () => `${FOLDER}/${new Date().toISOString().slice(0, 10)}.json`;

export const read = (file: string): Results => JSON.parse(readFileSync(inRoot(file), 'utf8'));

/** The run that measured an operation. */
export const runOf = ({ runs }: Results, operation: Operation): Run | undefined =>
  runs.find(({ measured }) => measured.some((one) => one.operation === operation));

/** The medians of an operation's windows. */
export type Summary = Pick<Measured, 'perSecond' | 'p50' | 'p99' | 'serverCpuMs' | 'databaseCpuMs'>;

/** @returns null when this server was not asked for this operation */
export function summarize(results: Results, subject: string, operation: Operation): Summary | null {
  const windows = windowsOf(results, subject, operation);
  if (windows.length === 0) return null;
  const middle = (value: (one: Measured) => number | null): number | null => {
    const values = windows.map(value).filter((one) => one !== null);
    return values.length === 0 ? null : median(values);
  };
  return {
    perSecond: middle((one) => one.perSecond) as number,
    p50: middle((one) => one.p50) as number,
    p99: middle((one) => one.p99) as number,
    serverCpuMs: middle((one) => one.serverCpuMs),
    databaseCpuMs: middle((one) => one.databaseCpuMs),
  };
}

function windowsOf(results: Results, subject: string, operation: Operation): Measured[] {
  const measured = runOf(results, operation)?.measured ?? [];
  return measured.filter((one) => one.subject === subject && one.operation === operation);
}

export type Ratio = { median: number; least: number; most: number };

/** How many times as many requests ours answered as a peer, inside each round; null when one of them lacks the operation. */
export function ratio(results: Results, peer: string, operation: Operation): Ratio | null {
  const theirs = windowsOf(results, peer, operation);
  const ratios = windowsOf(results, 'Gatehouse', operation).flatMap((ours) => {
    const other = theirs.find(({ round }) => round === ours.round);
    return other ? [ours.perSecond / other.perSecond] : [];
  });
  if (ratios.length === 0) return null;
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** What binds an operation: the lowest of the limits that it can't do without. */
export function limitOf({ limits }: Run, operation: Operation): { what: string; perSecond: number } {
  const http = { what: 'HTTP', perSecond: limits.echoesPerSecond };
  const commits = { what: 'transactions', perSecond: limits.transactionsPerSecond };
  const signatures = { what: 'signatures', perSecond: limits.signaturesPerSecond };
  const needed = isGrant(operation) ? [signatures, commits, http] : operation === 'revoke' ? [commits, http] : [http];
  return needed.reduce((least, one) => (one.perSecond < least.perSecond ? one : least));
}

/** Whether the operation issues tokens, each of which costs a signature. */
export const isGrant = (operation: Operation): boolean =>
  operation.startsWith('exchange') || operation.startsWith('refresh');
