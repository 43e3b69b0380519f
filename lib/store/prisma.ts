import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '@/generated/prisma/client';
import { runtime } from '@/lib/runtime/runtime';

const KEY = Symbol.for('gatehouse.prisma');
const world = globalThis as { [KEY]?: PrismaClient };

/** The one Prisma client of a process, over the pool that the hot statements use. Made on first use. */
export function prisma(): PrismaClient {
  world[KEY] ??= new PrismaClient({ adapter: new PrismaPg(runtime().pool) });
  return world[KEY];
}

/** Whether a write was refused because another row has the same unique value. No `instanceof`: there are two module worlds. */
export function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'P2002';
}
