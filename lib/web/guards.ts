import 'server-only';
import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { canManageApps, canSetPolicy } from '@/lib/apps/roles';
import { findSessionUser, type SessionUser } from '@/lib/store/sessions';
import { cookieName, SESSION_COOKIE } from './cookies';
import { openSessionId } from './session-cookie';

export type { SessionUser } from '@/lib/store/sessions';

/** Who is signed in. Reads the session's row, once per request. */
export const currentUser = cache(async (): Promise<SessionUser | null> => {
  const cookie = (await cookies()).get(cookieName(SESSION_COOKIE))?.value;
  const sessionId = await openSessionId(cookie);
  const user = sessionId && (await findSessionUser(sessionId));
  if (!user) return null;
  // On an organisation's own host only its users are signed in.
  const tenant = (await headers()).get('x-gatehouse-tenant');
  return tenant === null || tenant === user.tenant.name ? user : null;
});

/** The signed-in user; anybody else goes to sign in and comes back. @param returnTo a path of ours */
export async function requireUser(returnTo?: string): Promise<SessionUser> {
  const user = await currentUser();
  if (!user) redirect(returnTo ? `/signin?next=${encodeURIComponent(returnTo)}` : '/signin');
  return user;
}

/** A user who may manage the organisation's applications; for others there is nothing here. */
export async function requireDeveloper(returnTo?: string): Promise<SessionUser> {
  const user = await requireUser(returnTo);
  if (!canManageApps(user.role)) notFound();
  return user;
}

/** A user who decides about the organisation's policy; for others there is nothing here. */
export async function requireAdmin(returnTo?: string): Promise<SessionUser> {
  const user = await requireUser(returnTo);
  if (!canSetPolicy(user.role)) notFound();
  return user;
}

/** What the front found out about this request. */
export async function requestMeta(): Promise<{ nonce: string; requestId: string; origin: string }> {
  const given = await headers();
  return {
    nonce: given.get('x-nonce') ?? '',
    requestId: given.get('x-request-id') ?? '',
    origin: given.get('x-gatehouse-origin') ?? '',
  };
}
