import type { AddressPolicy } from '@/lib/apps/addresses';
import { prisma } from './prisma';

/** An organisation by its names. */
export type Organisation = { id: number; name: string; displayName: string; connectionAddresses: AddressPolicy };

const NAMES = { id: true, name: true, displayName: true, connectionAddresses: true } as const;

/** Entries of the switch that are offered ready-made; others are found by typing their name. */
const MOST_OFFERED = 100;

/** An organisation by its number, or null. */
export async function findOrganisation(id: number): Promise<Organisation | null> {
  return prisma().tenant.findUnique({ where: { id }, select: NAMES });
}

/** An organisation by its account name, whatever its case, or null. */
export async function findOrganisationByName(name: string): Promise<Organisation | null> {
  return prisma().tenant.findFirst({ where: { name: { equals: name, mode: 'insensitive' } }, select: NAMES });
}

/** The first organisations by name, for a choice among them. */
export async function listOrganisations(): Promise<Organisation[]> {
  return prisma().tenant.findMany({ select: NAMES, orderBy: { name: 'asc' }, take: MOST_OFFERED });
}
