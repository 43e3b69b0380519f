'use server';

import { redirect } from 'next/navigation';
import { acceptTransfer, declineTransfer } from '@/lib/store/transfers';
import { requireDeveloper } from '@/lib/web/guards';
import { appIdOf } from '../ids';
import { actorOf } from './actor';

/** Takes an application that is offered to this developer or the organisation, and opens it. */
export async function acceptOffer(id: unknown): Promise<void> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const accepted = await acceptTransfer(actorOf(user), appId);
  redirect(accepted.ok ? `/applications/${appId}?offer=accepted` : `/applications?offer=${accepted.reason}`);
}

/** Says no to it. */
export async function declineOffer(id: unknown): Promise<void> {
  const user = await requireDeveloper();
  const declined = await declineTransfer(actorOf(user), appIdOf(id));
  redirect(`/applications?offer=${declined ? 'declined' : 'gone'}`);
}
