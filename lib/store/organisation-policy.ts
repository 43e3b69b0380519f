import type { AddressPolicy } from '@/lib/apps/addresses';
import { type Actor, auditPlain } from './audit';
import { actsAsAdmin } from './members';
import { inTransaction } from './transaction';

/** Decides what the people of the actor's organisation see of addresses. @returns false: who acts is an admin no longer */
export async function changeAddressPolicy(actor: Actor, policy: AddressPolicy): Promise<boolean> {
  return inTransaction(async (db) => {
    if (!(await actsAsAdmin(db, actor))) return false;
    await db.query('UPDATE tenants SET connection_addresses = $2::address_policy WHERE id = $1', [
      actor.tenantId,
      policy,
    ]);
    await auditPlain(db, actor, 'address_policy_set', `tenant:${actor.tenantId}`, { policy });
    return true;
  });
}
