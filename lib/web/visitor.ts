import 'server-only';
import { randomBytes } from 'node:crypto';
import { cookies, headers } from 'next/headers';
import type { Visitor } from '@/lib/flows/authorize';
import { BROWSER_COOKIE, cookieAttributes, cookieName } from './cookies';
import { currentUser } from './guards';

const BROWSER_ID = /^[\w-]{22}$/;

/** The id of this browser, or null when it has none yet. */
export async function browserId(): Promise<string | null> {
  const id = (await cookies()).get(cookieName(BROWSER_COOKIE))?.value;
  return id && BROWSER_ID.test(id) ? id : null;
}

/** Who is in front of the browser. Names the browser if it has no name yet; only route handlers and actions may call this. */
export async function visitor(): Promise<Visitor> {
  const given = await headers();
  let id = await browserId();
  if (!id) {
    id = randomBytes(16).toString('base64url');
    (await cookies()).set(cookieName(BROWSER_COOKIE), id, cookieAttributes());
  }
  return {
    user: await currentUser(),
    browserId: id,
    address: given.get('x-gatehouse-address') ?? '',
    userAgent: given.get('user-agent') ?? '',
    requestId: given.get('x-request-id') ?? '',
  };
}
