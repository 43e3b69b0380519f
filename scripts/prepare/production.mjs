import { rmSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { run, step } from './report.mjs';
import { unlessDone } from './stamp.mjs';

const stamp = 'dist/.made-from';

const what = {
  stamp,
  sources: [
    ...[
      'app',
      'components',
      'lib',
      'messages',
      'public',
      'server.ts',
      'prisma/schema.prisma',
      'prisma/seed.ts',
      'scripts/keys/command.ts',
    ],
    ...[
      'next.config.js',
      'postcss.config.mjs',
      'tsconfig.json',
      'package.json',
      'package-lock.json',
      'scripts/prepare/bundle.mjs',
      'scripts/prepare/compress.mjs',
    ],
  ],
  results: ['.next/BUILD_ID', 'dist/server.mjs', 'dist/seed.mjs', 'dist/keys.mjs', 'dist/static'],
};

async function build(show) {
  rmSync(inRoot(stamp), { force: true });
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  await run(process.execPath, [inRoot('node_modules/next/dist/bin/next'), 'build'], { env, show });
  const { bundle } = await import('./bundle.mjs');
  await bundle('dist');
  const { compressStatic } = await import('./compress.mjs');
  compressStatic();
}

/** Builds the pages and the front when a source changed. */
export const buildProduction = () => unlessDone(what, () => step('Building (about a minute)', () => build(false)));

/** Builds in any case and shows how. */
export async function rebuildProduction() {
  rmSync(inRoot(stamp), { force: true });
  await unlessDone(what, () => build(true));
}
