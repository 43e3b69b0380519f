import { notFound } from 'next/navigation';
import { cache } from 'react';
import { type AppDetail, findApp } from '@/lib/store/app-views';
import { requireDeveloper, type SessionUser } from '@/lib/web/guards';
import { appIdOf } from '../../ids';

/** The parameters of every page below an application. */
export type AppParams = { params: Promise<{ id: string }> };

const find = cache((tenantId: number, appId: number) => findApp(tenantId, appId));

/**
 * The application that the address names, if it belongs to the developer's organisation; asked once a request.
 * @param section the rest of the address, where sign-in leads back to
 */
export async function appOfRequest(id: string, section = ''): Promise<{ app: AppDetail; user: SessionUser }> {
  const appId = appIdOf(id);
  const user = await requireDeveloper(`/applications/${appId}${section}`);
  return { app: (await find(user.tenant.id, appId)) ?? notFound(), user };
}
