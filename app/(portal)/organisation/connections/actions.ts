'use server';

import type { Route } from 'next';
import { redirect } from 'next/navigation';
import { revokeAppForMembers, revokeForMember } from '@/lib/store/organisation-connections';
import { appIdOf, uuidOf } from '../../ids';
import { acting } from '../acting';

const PAGE = '/organisation/connections';

/** Ends a connection of a member on the member's behalf. */
export async function endConnection(form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  const ended = await revokeForMember(actor, uuidOf(form.get('connection')));
  redirect(`${PAGE}?done=${ended ? 'ended' : 'gone'}` as Route);
}

/** Ends everything that an app has of the organisation's people. */
export async function endAppConnections(form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  const ended = await revokeAppForMembers(actor, appIdOf(form.get('app')));
  redirect(`${PAGE}?${ended ? `done=ended_all&count=${ended.count}` : 'done=gone'}` as Route);
}
