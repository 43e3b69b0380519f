'use server';

import { notFound } from 'next/navigation';
import type { PolicyState } from '@/components/organisation/address-policy-form';
import { addressPolicyOf } from '@/lib/apps/addresses';
import { changeAddressPolicy } from '@/lib/store/organisation-policy';
import { requireAdmin } from '@/lib/web/guards';

/** What the people of the admin's organisation see of addresses. */
export async function saveAddressPolicy(_previous: PolicyState, form: FormData): Promise<PolicyState> {
  const user = await requireAdmin('/organisation');
  const policy = addressPolicyOf(form.get('addresses')) ?? notFound();
  // Who has lost the role since the page was asked for finds nothing here, as at the next click.
  if (!(await changeAddressPolicy({ userId: user.id, tenantId: user.tenant.id }, policy))) notFound();
  return { status: 'saved', policy };
}
