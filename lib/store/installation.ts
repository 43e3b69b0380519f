import { runtime } from '@/lib/runtime/runtime';
import { prisma } from './prisma';

/** Whether demo data, with its public passwords, is in the database. */
export async function demoDataPresent(): Promise<boolean> {
  return (await prisma().tenant.findFirst({ where: { demo: true }, select: { id: true } })) !== null;
}

/** Whether a tenant of this name may be signed in to. */
export async function tenantExists(name: string): Promise<boolean> {
  const { rowCount } = await runtime().pool.query({
    name: 'tenant-exists',
    text: "SELECT 1 FROM tenants WHERE name = $1 AND status = 'ACTIVE'",
    values: [name],
  });
  return rowCount === 1;
}

/** Whether the database answers. @throws Error when it doesn't */
export async function ping(): Promise<void> {
  await runtime().pool.query('SELECT 1');
}
