import { defineConfig } from 'prisma/config';

// generate, validate and format never run the schema engine, but the CLI insists on having one and would download it.
// Any existing file satisfies that check; the migrate and db commands keep the real engine.
if (['generate', 'validate', 'format'].includes(process.argv[2] ?? '')) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://unused@localhost:5432/unused' },
});
