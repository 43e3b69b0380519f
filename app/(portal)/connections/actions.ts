'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import type { RevokeState } from '@/components/connections/revoke-state';
import { clockText } from '@/components/ui/time';
import { revokeConnection, revokeGrant } from '@/lib/store/connections';
import { requireUser } from '@/lib/web/guards';
import { uuidOf } from '../ids';

/** Ends one connection, or everything an app was granted. Whose it is stands in the store's filter. */
export async function revoke(_previous: RevokeState, form: FormData): Promise<RevokeState> {
  const user = await requireUser();
  const id = uuidOf(form.get('id'));
  const kind = form.get('kind');
  if (kind !== 'connection' && kind !== 'grant') notFound();
  const revoked = kind === 'grant' ? await revokeGrant(user.id, id) : await revokeConnection(user.id, id);
  refresh();
  if (!revoked) return { status: 'gone' };
  const { appName, accessEndsAt } = revoked;
  const times = { timeZone: user.timezone, locale: user.language };
  return { status: 'revoked', appName, endsAt: accessEndsAt && clockText(accessEndsAt, times) };
}
