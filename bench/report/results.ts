import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { median } from '../measure/drive';
import type { Limits } from '../measure/limits';
import type { Measured } from '../measure/rounds';
import type { Operation } from '../subject';
import type { Machine } from './machine';

/** Everything that a run found out. */
export type Results = {
  /** When it began. */
  at: string;
  machine: Machine;
  connections: number;
  /** Of one window. */
  seconds: number;
  rounds: number;
  limits: Limits;
  measured: Measured[];
};

export function save(file: string, results: Results): void {
  mkdirSync(path.dirname(inRoot(file)), { recursive: true });
  writeFileSync(inRoot(file), `${JSON.stringify(results, null, 2)}\n`);
}

/** The medians of an operation's windows. */
export type Summary = Pick<Measured, 'perSecond' | 'p50' | 'p99' | 'serverCpuMs' | 'databaseCpuMs'>;

/** @returns null when this server was not asked for this operation */
export function summarize({ measured }: Results, subject: string, operation: Operation): Summary | null {
  const windows = measured.filter((one) => one.subject === subject && one.operation === operation);
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

export type Ratio = { median: number; least: number; most: number };

/** How many times faster ours was than a peer's, inside each round; null when one of them lacks the operation. */
export function ratio({ measured }: Results, peer: string, ours: Operation, theirs: Operation = ours): Ratio | null {
  const find = (subject: string, operation: Operation, round: number) =>
    measured.find((one) => one.subject === subject && one.operation === operation && one.round === round);
  const rounds = [...new Set(measured.map(({ round }) => round))];
  const ratios = rounds.flatMap((round) => {
    const [a, b] = [find('Gatehouse', ours, round), find(peer, theirs, round)];
    return a && b ? [a.perSecond / b.perSecond] : [];
  });
  if (ratios.length === 0) return null;
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** What binds an operation: the lowest of the limits that it can't do without. */
export function limitOf({ limits }: Results, operation: Operation): { what: string; perSecond: number } {
  const http = { what: 'HTTP', perSecond: limits.echoesPerSecond };
  const commits = { what: 'transactions', perSecond: limits.transactionsPerSecond };
  const signatures = { what: 'signatures', perSecond: limits.signaturesPerSecond };
  const needed =
    operation.startsWith('exchange') || operation.startsWith('refresh')
      ? [signatures, commits, http]
      : operation === 'revoke'
        ? [commits, http]
        : [http];
  return needed.reduce((least, one) => (one.perSecond < least.perSecond ? one : least));
}
