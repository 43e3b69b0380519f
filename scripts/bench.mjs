// npm run bench [-- --seconds 2.5 --rounds 3 --only jwks,revoke --out bench/results/today.json --peers]: how fast it is.
import './prepare/node-version.mjs';
import { pathToFileURL } from 'node:url';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { inRoot, root } from './prepare/paths.mjs';
import { buildProduction } from './prepare/production.mjs';
import { command } from './prepare/report.mjs';

/** The scripts stay files of their own: they find each other by where they lie. */
const leaveScripts = {
  name: 'leave-scripts',
  setup(build) {
    build.onResolve({ filter: /^@\/scripts\/.*\.mjs$/ }, ({ path }) => ({
      path: pathToFileURL(inRoot(path.slice(2))).href,
      external: true,
    }));
  },
};

async function bundleBench() {
  const { build } = await import('esbuild'); // needs the packages
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/run.ts'],
    outfile: inRoot('dist/bench/run.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [leaveScripts],
  });
}

await command(async () => {
  await installPackages();
  await generateClient();
  await buildProduction();
  await bundleBench();
  await import(pathToFileURL(inRoot('dist/bench/run.mjs')).href);
});
