import { defineConfig } from 'vitest/config';
import { inRoot } from '../prepare/paths.mjs';

/** The unit tests of lib/oauth alone: those of the protocol would start servers for every mutant. */
export default defineConfig({
  resolve: { alias: { '@': inRoot('.') } },
  test: { root: inRoot('.'), include: ['lib/oauth/*.test.ts'] },
});
