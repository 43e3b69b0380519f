'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import type { IdleState } from '@/components/connections/idle-form';
import type { RevokeState } from '@/components/connections/revoke-state';
import { idleDaysOf } from '@/lib/apps/idle';
import { revokeConnection, revokeGrant } from '@/lib/store/connections';
import { revokeIdleConnections } from '@/lib/store/idle-connections';
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

/** Ends what the user has not used for one of the offered times; what that is, is found out here and now. */
export async function revokeIdle(_previous: IdleState, form: FormData): Promise<IdleState> {
  const user = await requireUser('/connections/idle');
  const days = idleDaysOf(form.get('days')) ?? notFound();
  const ended = await revokeIdleConnections(user.id, days);
  refresh();
  return { ended };
}
