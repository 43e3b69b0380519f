'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import { takeOverApp } from '@/lib/store/app-owner';
import { findApp } from '@/lib/store/app-views';
import { requireDeveloper } from '@/lib/web/guards';
import { appIdOf } from '../../ids';
import { actorOf } from '../actor';

/** A developer becomes the one to turn to, where the one before has left. Too late is no harm: somebody else is it. */
export async function takeOver(id: unknown): Promise<void> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const taken = await takeOverApp(actorOf(user), appId);
  if (!taken && !(await findApp(user.tenant.id, appId))) notFound();
  refresh();
}
