import type pg from 'pg';
import { runtime } from '@/lib/runtime/runtime';
import { prisma } from './prisma';

/** Whether demo data, with its public passwords, is in the database. */
export async function demoDataPresent(): Promise<boolean> {
  return (await prisma().tenant.findFirst({ where: { demo: true }, select: { id: true } })) !== null;
}

/** The name of the active tenant that lives on this sub-domain, as it is written, or null. @param label in lower case */
export async function findTenantName(pool: pg.Pool, label: string): Promise<string | null> {
  const { rows } = await pool.query<{ name: string }>({
    name: 'find-tenant-name',
    text: "SELECT name FROM tenants WHERE lower(name) = $1 AND status = 'ACTIVE'",
    values: [label],
  });
  return rows[0]?.name ?? null;
}

/** Whether the database answers. @throws Error when it doesn't */
export async function ping(): Promise<void> {
  await runtime().pool.query('SELECT 1');
}
