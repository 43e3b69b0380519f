import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { run } from '@/scripts/prepare/report.mjs';
import { AGAIN, type Answer, type Operation, type Prepared, type Subject } from './subject';

type Peer = { file: string; name: string; jwksPath: string; guess: number };

/** Whom Gatehouse is measured against; bench/README.md says how they are set up. */
export const PEERS: readonly Peer[] = [
  { file: 'oidc-provider', name: 'node-oidc-provider', jwksPath: '/jwks', guess: 1_000 },
  { file: 'better-auth', name: 'better-auth', jwksPath: '/api/auth/jwks', guess: 200 },
];

/** `token-info` is their introspection: what an API asks about an access token. */
const OPERATIONS: readonly Operation[] = [
  'exchange-secret',
  'exchange-pkce',
  'refresh-secret',
  'refresh-pkce',
  'token-info',
  'token-info-again',
  'revoke',
  'jwks',
  'metadata',
];

const lockedVersions = (file: string): string[] => {
  const { packages } = JSON.parse(readFileSync(inRoot('bench/peers', file), 'utf8'));
  return Object.entries<{ version?: string }>(packages).flatMap(([at, { version }]) =>
    at ? [`${at}@${version}`] : [],
  );
};

/** Installs the peers beside the benchmark, not among the product's packages, unless they are there. */
export async function installPeers(): Promise<void> {
  const record = 'node_modules/.package-lock.json';
  const there = existsSync(inRoot('bench/peers', record)) ? lockedVersions(record) : [];
  if (lockedVersions('package-lock.json').every((one) => there.includes(one))) return;
  await run('npm', ['ci', '--prefix', inRoot('bench/peers'), '--ignore-scripts', '--no-audit', '--no-fund']);
}

/** A peer: one process that answers, and one that prepares and looks into the database, so that neither tires the other. */
export class PeerSubject implements Subject {
  readonly operations = OPERATIONS;
  readonly name: string;
  readonly guess: number;
  readonly origin: string;
  readonly pid: number;
  #calls = 0;

  private constructor(
    private readonly peer: Peer,
    port: number,
    private readonly server: ChildProcess,
    private readonly helper: ChildProcess,
  ) {
    this.name = peer.name;
    this.guess = peer.guess;
    this.origin = `http://127.0.0.1:${port}`;
    this.pid = server.pid ?? 0;
  }

  static async open(peer: Peer, databaseUrl: string, port: number): Promise<PeerSubject> {
    const settings = { databaseUrl, port, jwks: { keys: [newKey()] } };
    // The one that prepares makes the tables, so it comes first.
    const helper = await start(peer, 'prepare', { ...settings, first: true });
    const server = await start(peer, 'serve', { ...settings, first: false });
    return new PeerSubject(peer, port, server, helper);
  }

  prepare(operation: Operation, count: number): Promise<Prepared[]> {
    if (operation !== 'token-info-again') return this.#ask({ operation, count });
    return this.#ask<Prepared[]>({ operation: 'token-info', count: Math.min(count, AGAIN) }).then((requests) =>
      Array.from({ length: count }, (_, n) => requests[n % requests.length] as Prepared),
    );
  }

  async verify(operation: Operation, answers: readonly Answer[]): Promise<void> {
    for (const { status, body } of answers)
      if (status !== 200) throw new Error(`${this.name}, ${operation} answered ${status}: ${body.slice(0, 300)}`);
    if (operation.startsWith('token-info')) {
      const inactive = answers.find(({ body }) => JSON.parse(body).active !== true);
      if (inactive) throw new Error(`${this.name}, introspection answered ${inactive.body.slice(0, 300)}`);
    }
    const grants = operation.startsWith('exchange') || operation.startsWith('refresh');
    if (grants) await this.#verifySignatures(answers);
    if (!grants && operation !== 'revoke') return;
    const found = await this.#ask<number>({ operation, answers: answers.map(({ body }) => body) });
    if (found !== answers.length)
      throw new Error(`${this.name}, ${operation}: ${found} of ${answers.length} stand in the database`);
  }

  async stop(): Promise<void> {
    for (const child of [this.server, this.helper]) {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    }
  }

  async #verifySignatures(answers: readonly Answer[]): Promise<void> {
    const { jwksPath } = this.peer;
    const host = `localhost:${new URL(this.origin).port}`;
    const published = await fetch(`${this.origin}${jwksPath}`, { headers: { host } });
    const keys = createLocalJWKSet((await published.json()) as JSONWebKeySet);
    await Promise.all(
      answers.map(({ body }) => jwtVerify(JSON.parse(body).access_token, keys, { algorithms: ['RS256'] })),
    );
  }

  async #ask<Value>(message: object): Promise<Value> {
    const id = ++this.#calls;
    this.helper.send({ id, ...message });
    const [answer] = (await once(this.helper, 'message')) as [{ id: number; value: Value; problem?: string }];
    if (answer.problem !== undefined || answer.id !== id)
      throw new Error(`${this.name}: ${answer.problem ?? 'answered out of turn'}`);
    return answer.value;
  }
}

/** RSA 2048, as Gatehouse signs with. */
function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'RS256' };
}

async function start(peer: Peer, mode: 'serve' | 'prepare', settings: object): Promise<ChildProcess> {
  const log = openSync(inRoot(`.data/bench/${peer.file}-${mode}.log`), 'w');
  const child = fork(inRoot('bench/peers/process.mjs'), [peer.file, mode, JSON.stringify(settings)], {
    cwd: inRoot('bench/peers'),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => ['ended'])]);
  if (first !== 'ready') throw new Error(`${peer.name} did not start. Its log: .data/bench/${peer.file}-${mode}.log`);
  return child;
}
