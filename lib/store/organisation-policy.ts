import type { AddressPolicy } from '@/lib/apps/addresses';
import { type Actor, audit } from './audit';
import { prisma } from './prisma';

/** Decides what the people of the actor's organisation see of addresses. */
export async function changeAddressPolicy(actor: Actor, policy: AddressPolicy): Promise<void> {
  await prisma().$transaction(async (db) => {
    await db.tenant.update({
      where: { id: actor.tenantId },
      data: { connectionAddresses: policy },
      select: { id: true },
    });
    await audit(db, actor, 'address_policy_set', `tenant:${actor.tenantId}`, { policy });
  });
}
