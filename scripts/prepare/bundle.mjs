import { build, context } from 'esbuild';
import { inRoot, root } from './paths.mjs';

/**
 * The front, the demo data and the keys' command as plain modules for Node: TypeScript and the `@/` alias resolved, packages left outside.
 * @param {string} directory where server.mjs, seed.mjs and keys.mjs go, relative to the checkout
 * @returns {import('esbuild').BuildOptions}
 */
const options = (directory) => ({
  absWorkingDir: root,
  entryPoints: { server: 'server.ts', seed: 'prisma/seed.ts', keys: 'scripts/keys/command.ts' },
  outdir: inRoot(directory),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});

/** @param {string} directory relative to the checkout */
export const bundle = (directory) => build(options(directory));

/**
 * Bundles now and again after each change of a source.
 * @param {string} directory relative to the checkout
 * @param {() => void} onBundled called after each bundling that went well
 * @returns {Promise<() => Promise<void>>} ends the watching
 */
export async function watchBundle(directory, onBundled) {
  const announce = {
    name: 'announce',
    setup: ({ onEnd }) => onEnd(({ errors }) => void (errors.length || onBundled())),
  };
  const watching = await context({ ...options(directory), plugins: [announce] });
  await watching.watch();
  return () => watching.dispose();
}
