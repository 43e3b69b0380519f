import { cookies } from 'next/headers';
import { runtime } from '@/lib/runtime/runtime';
import { seeOther } from '@/lib/web/authorization-response';
import { cookieAttributes, cookieName, INVITATION_COOKIE } from '@/lib/web/cookies';

const AN_HOUR_MS = 3_600_000;
const MOST_CHARACTERS = 100;

/**
 * The link of an invitation. Its token is taken out of the address at once: no page of ours is ever shown at one that works,
 * so none can tell it to another site or to whoever looks at the screen. Nothing is used up by a visit.
 */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> {
  const { token } = await params;
  (await cookies()).set(
    cookieName(INVITATION_COOKIE),
    /^[\w-]+$/.test(token) ? token.slice(0, MOST_CHARACTERS) : '',
    cookieAttributes(new Date(runtime().clock.now() + AN_HOUR_MS)),
  );
  return seeOther('/invitations');
}
