'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import type { RevokeState } from '@/components/connections/revoke-state';
import { revokeConnection, revokeGrant } from '@/lib/store/connections';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
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
  const { clock } = await getI18n();
  return { status: 'revoked', appName, endsAt: accessEndsAt && clock(accessEndsAt) };
}
