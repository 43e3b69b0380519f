import { parseArgs } from 'node:util';
import { Problem } from '@/scripts/prepare/report.mjs';
import { todaysFile } from './report/results';
import { ALL_OPERATIONS, type Operation } from './subject';

export type Options = {
  /** Of one measured window. */
  seconds: number;
  rounds: number;
  operations: Operation[];
  /** File of results that this run is added to; null: none. */
  out: string | null;
  peers: boolean;
  /** What a reader of the results must know of this run; empty: nothing. */
  note: string;
  /** Measures nothing: writes the newest results into the README. */
  readme: boolean;
  /** Peers that are left out. */
  without: string[];
  /** File for a CPU profile of the last window; null: the server is not profiled. */
  profile: string | null;
  port: number;
  /** Settings of the server under test, such as WEB_CONCURRENCY. */
  env: Record<string, string>;
};

/** @throws Problem that names the option and what is expected */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '2.5' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string' },
      out: { type: 'string' },
      peers: { type: 'boolean', default: false },
      note: { type: 'string', default: '' },
      readme: { type: 'boolean', default: false },
      without: { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
      port: { type: 'string', default: '4300' },
      env: { type: 'string', multiple: true, default: [] },
    },
  });
  return {
    seconds: positive('--seconds', values.seconds),
    rounds: positive('--rounds', values.rounds),
    operations: values.only === undefined ? ALL_OPERATIONS : values.only.split(',').map(operation),
    out: values.out ?? (values.peers ? todaysFile() : null),
    peers: values.peers,
    note: values.note,
    readme: values.readme,
    without: values.without,
    profile: values.profile ?? null,
    port: positive('--port', values.port),
    env: Object.fromEntries(values.env.map(setting)),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Problem(`${name} must be a number above 0, not "${text}".`);
  return value;
}

function operation(name: string): Operation {
  const found = ALL_OPERATIONS.find((known) => known === name);
  if (!found) throw new Problem(`There is no operation "${name}". There are ${ALL_OPERATIONS.join(', ')}.`);
  return found;
}

function setting(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new Problem(`--env must be NAME=value, not "${text}".`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}
