import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['lib/**/*.test.ts', 'scripts/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'protocol',
          include: ['e2e/protocol/**/*.test.ts'],
          globalSetup: ['e2e/fixtures/protocol-setup.ts'],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
