import { inRoot } from './paths.mjs';
import { run, step } from './report.mjs';
import { unlessDone } from './stamp.mjs';

/** Generates the Prisma client into generated/prisma when the schema changed. */
export const generateClient = () =>
  unlessDone(
    {
      stamp: 'generated/.made-from',
      sources: ['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'],
      results: ['generated/prisma/client.ts'],
    },
    () =>
      step('Generating the database client', () =>
        run(process.execPath, [inRoot('node_modules/prisma/build/index.js'), 'generate']),
      ),
  );
