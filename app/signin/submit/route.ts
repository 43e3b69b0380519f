import { cookies, headers } from 'next/headers';
import { resumeAuthorization } from '@/lib/flows/authorize';
import { signIn } from '@/lib/flows/sign-in';
import { runtime } from '@/lib/runtime/runtime';
import { findSessionUser, revokeSession } from '@/lib/store/sessions';
import { authorizationResponse, errorPage, seeOther } from '@/lib/web/authorization-response';
import { cookieAttributes, cookieName, SESSION_COOKIE } from '@/lib/web/cookies';
import { orFailurePage } from '@/lib/web/failure';
import { clearSignInFlash, writeSignInFlash } from '@/lib/web/flash';
import { readForm } from '@/lib/web/form';
import { ownPath } from '@/lib/web/own-path';
import { sealSessionId } from '@/lib/web/session-cookie';
import { visitor } from '@/lib/web/visitor';

const TRANSACTION = /^[\w-]{43}$/;

/** Signs in and goes on with what waited: an authorization, or a page of ours. */
export const POST = orFailurePage(async (request: Request): Promise<Response> => {
  const form = await readForm(request);
  if (form instanceof Response) return form;
  const field = (name: string) => String(form.get(name) ?? '');
  const transaction = TRANSACTION.test(field('transaction')) ? field('transaction') : null;
  const next = ownPath(field('next'));
  const who = await visitor();

  const outcome = await signIn({
    usernameOrEmail: field('username'),
    password: field('password'),
    address: who.address,
    userAgent: who.userAgent,
    tenantName: (await headers()).get('x-gatehouse-tenant'),
  });
  if (outcome.kind !== 'signed_in') {
    const retryAfterSeconds = outcome.kind === 'limited' ? outcome.retryAfterSeconds : 0;
    await writeSignInFlash(
      { username: field('username'), problem: outcome.kind, retryAfterSeconds },
      runtime().clock.now(),
    );
    const waiting = transaction ? `?transaction=${transaction}` : next ? `?next=${encodeURIComponent(next)}` : '';
    if (outcome.kind === 'wrong') return seeOther(`/signin${waiting}`);
    // Programs that guess understand the status; people go back to the form, which keeps what they typed.
    const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
    return errorPage({ key: 'errors.too_many.title' }, [{ key: 'signin.limited', values: { minutes } }], {
      status: 429,
      retryAfterSeconds,
      link: { href: `/signin${waiting}`, label: { key: 'signin.back' } },
    });
  }

  const { session } = outcome;
  if (who.user) await revokeSession(who.user.sessionId);
  (await cookies()).set(
    cookieName(SESSION_COOKIE),
    await sealSessionId(session.id, session.expiresAt),
    cookieAttributes(session.expiresAt),
  );
  await clearSignInFlash();
  if (!transaction) return seeOther(next ?? '/');
  return authorizationResponse(
    await resumeAuthorization(transaction, { ...who, user: await findSessionUser(session.id) }),
  );
});
