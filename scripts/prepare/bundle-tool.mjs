import { pathToFileURL } from 'node:url';
import { inRoot, root } from './paths.mjs';

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

/** Bundles a tool that is written in TypeScript, and runs it: `bench/run.ts` as `dist/bench/run.mjs`. Needs the packages. */
export async function runTool(entry, outfile) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: inRoot(outfile),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [leaveScripts],
  });
  await import(pathToFileURL(inRoot(outfile)).href);
}
