import { cookies } from 'next/headers';
import { leaveTransaction } from '@/lib/flows/sign-out';
import { revokeSession } from '@/lib/store/sessions';
import { seeOther } from '@/lib/web/authorization-response';
import { cookieAttributes, cookieName, SESSION_COOKIE } from '@/lib/web/cookies';
import { orFailurePage } from '@/lib/web/failure';
import { readForm } from '@/lib/web/form';
import { ownPath } from '@/lib/web/own-path';
import { visitor } from '@/lib/web/visitor';

const TRANSACTION = /^[\w-]{43}$/;

/** Signs out; with an authorization that waits, another account may sign in for it. */
export const POST = orFailurePage(async (request: Request): Promise<Response> => {
  const form = await readForm(request);
  if (form instanceof Response) return form;
  const transaction = String(form.get('transaction') ?? '');
  const who = await visitor();
  if (who.user) await revokeSession(who.user.sessionId);
  (await cookies()).set(cookieName(SESSION_COOKIE), '', { ...cookieAttributes(), maxAge: 0 });
  if (!TRANSACTION.test(transaction)) return seeOther(ownPath(String(form.get('next') ?? '')) ?? '/signin');
  await leaveTransaction(transaction, who.browserId);
  return seeOther(`/signin?transaction=${transaction}`);
});
