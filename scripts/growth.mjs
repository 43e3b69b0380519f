// npm run growth [-- --scales 0.01,0.1,1]: fills databases of several sizes and compares operations and pages on them.
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

await command(async () => {
  await installPackages();
  await generateClient();
  await buildProduction();
  const { build } = await import('esbuild'); // needs the packages
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/growth/run.ts'],
    outfile: inRoot('dist/bench/growth.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [leaveScripts],
  });
  await import(pathToFileURL(inRoot('dist/bench/growth.mjs')).href);
});
