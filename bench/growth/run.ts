/** npm run growth [-- --scales 0.01,0.1,1 --samples 150 --only refresh,page --deletion]: what grows with the number of rows, and what doesn't. */
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { withConnection } from '@/scripts/database/connection.mjs';
import { startEmbedded } from '@/scripts/database/embedded.mjs';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { type Deletion, measureDeletion } from './deletion';
import { fill } from './fill';
import { OPERATIONS, type Operation } from './operations';
import { sample, summary, type Times } from './sampling';
import { type Shape, shapeOf } from './shape';
import { Subject } from './subject';

/** Bytes that a fill of scale 1 takes with its log, roughly: less space than that and it is not begun. */
const BYTES_OF_ALL = 20e9;
const BATCH = 10;

const { values: asked } = parseArgs({
  options: {
    scales: { type: 'string', default: '0.01,0.1,1' },
    samples: { type: 'string', default: '150' },
    only: { type: 'string', default: '' },
    data: { type: 'string', default: '.data/growth' },
    deletion: { type: 'boolean', default: false },
    port: { type: 'string', default: '4650' },
    out: { type: 'string', default: `bench/results/growth-${new Date().toISOString().slice(0, 10)}.json` },
  },
});
const say = (text: string) => console.log(text);

type Filled = { scale: number; shape: Shape; url: string; bytes: number; seconds: number };

/** A filled database of each scale; one that is there from an earlier run is used again. */
async function filled(urlOf: (database: string) => string, scale: number): Promise<Filled> {
  const shape = shapeOf(scale);
  const name = `growth_${String(scale).replace('.', '_')}`;
  const url = urlOf(name);
  const began = performance.now();
  const there = await withConnection(urlOf('postgres'), async (db: pg.Client) => {
    const { rows } = await db.query<{ done: boolean }>(
      "SELECT shobj_description(oid, 'pg_database') = 'filled' AS done FROM pg_database WHERE datname = $1",
      [name],
    );
    if (rows[0]?.done) return true;
    await db.query(`DROP DATABASE IF EXISTS ${name}`);
    await db.query(`CREATE DATABASE ${name}`);
    return false;
  });
  if (!there) {
    const { bavail, bsize } = statfsSync(asked.data);
    if (bavail * bsize < BYTES_OF_ALL * scale) throw new Error(`too little space for scale ${scale} in ${asked.data}`);
    say(`filling scale ${scale}`);
    await fill(url, shape, (text) => say(`  ${text}`));
    await withConnection(url, (db: pg.Client) => db.query(`COMMENT ON DATABASE ${name} IS 'filled'; CHECKPOINT`));
  }
  const bytes = await withConnection(url, async (db: pg.Client) =>
    Number((await db.query('SELECT pg_database_size(current_database()) AS bytes')).rows[0].bytes),
  );
  return { scale, shape, url, bytes, seconds: there ? 0 : Math.round((performance.now() - began) / 1000) };
}

/** The scales take turns, so that what else the machine does falls on all of them. */
async function measure(subjects: Subject[], operation: Operation, samples: number): Promise<Times[]> {
  const times: number[][] = subjects.map(() => []);
  for (const subject of subjects) await sample(subject, operation, 5);
  for (let done = 0; done < samples; done += BATCH) {
    for (const [at, subject] of subjects.entries()) times[at]?.push(...(await sample(subject, operation, BATCH)));
  }
  return times.map(summary);
}

/** Spends what is over in the largest database: it is filled again by the next run that wants it. */
async function deletionOn(subject: Subject): Promise<Deletion> {
  const measured = await measureDeletion(subject, Number(asked.samples) * 2);
  await subject.db.query(
    `COMMENT ON DATABASE ${pg.escapeIdentifier(new URL(subject.databaseUrl).pathname.slice(1))} IS NULL`,
  );
  say(
    `code exchange while ${measured.deleted} connections are deleted: p99 ${measured.during.p99} ms, else ${measured.alone.p99} ms`,
  );
  return measured;
}

async function main(): Promise<void> {
  mkdirSync(asked.data, { recursive: true });
  const embedded = await startEmbedded(asked.data, { disposable: true });
  const scales = asked.scales.split(',').map(Number);
  const subjects: Subject[] = [];
  try {
    const databases: Filled[] = [];
    for (const scale of scales) databases.push(await filled(embedded.urlOf, scale));
    for (const [at, { url, shape }] of databases.entries())
      subjects.push(await Subject.start(url, shape, Number(asked.port) + at));
    const wanted = OPERATIONS.filter(({ name }) => asked.only.split(',').some((part) => name.includes(part)));
    const operations: { name: string; times: Times[]; growth: number }[] = [];
    for (const operation of wanted) {
      const times = await measure(subjects, operation, Number(asked.samples));
      const growth = Number(((times.at(-1)?.p50 ?? 0) / (times[0]?.p50 || 1)).toFixed(2));
      operations.push({ name: operation.name, times, growth });
      say(
        `${operation.name.padEnd(46)} ${times.map(({ p50 }) => `${p50.toFixed(2)} ms`.padStart(10)).join('')}  × ${growth}`,
      );
    }
    const deletion = asked.deletion ? await deletionOn(subjects.at(-1) as Subject) : null;
    const sizes = databases.map(({ scale, shape, bytes, seconds }) => ({
      scale,
      rows: shape,
      bytes,
      bytesPerMillionTokens: Math.round((bytes / shape.connections) * 1e6),
      fillSeconds: seconds,
    }));
    const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, memory: os.totalmem(), load: os.loadavg() };
    mkdirSync(inRoot('bench/results'), { recursive: true });
    writeFileSync(
      inRoot(asked.out),
      `${JSON.stringify({ at: new Date(), machine, samples: Number(asked.samples), sizes, operations, deletion }, null, 2)}\n`,
    );
    say(
      `disk for a million refresh tokens and all that belongs to them: ${((sizes.at(-1)?.bytesPerMillionTokens ?? 0) / 1e6).toFixed(0)} MB`,
    );
  } finally {
    for (const subject of subjects) await subject.stop();
    await embedded.stop();
  }
}

await main();
