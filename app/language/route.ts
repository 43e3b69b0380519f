import { cookies } from 'next/headers';
import { isLocale } from '@/lib/i18n/catalogue';
import { runtime } from '@/lib/runtime/runtime';
import { setLanguage } from '@/lib/store/users';
import { seeOther } from '@/lib/web/authorization-response';
import { cookieAttributes, cookieName, LANGUAGE_COOKIE } from '@/lib/web/cookies';
import { orFailurePage } from '@/lib/web/failure';
import { readForm } from '@/lib/web/form';
import { currentUser, requestMeta } from '@/lib/web/guards';
import { ownPath } from '@/lib/web/own-path';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/**
 * Stores the language that somebody chose and goes back to where they chose it. Another value than a language of ours
 * means: as the browser asks.
 */
export const POST = orFailurePage(async (request: Request): Promise<Response> => {
  const form = await readForm(request);
  if (form instanceof Response) return form;
  const asked = form.get('language');
  const language = isLocale(asked) ? asked : null;
  const user = await currentUser();
  if (user) await setLanguage(user.id, language);
  // Also for those who are signed in: the sign-in page after their visit, and refusals of the front, know nobody.
  (await cookies()).set(
    cookieName(LANGUAGE_COOKIE),
    language ?? '',
    language ? cookieAttributes(new Date(runtime().clock.now() + YEAR_MS)) : { ...cookieAttributes(), maxAge: 0 },
  );
  const next = form.get('next');
  return seeOther((typeof next === 'string' && ownPath(next)) || (await cameFrom(request)) || '/');
});

/** The page of ours that the form stood on, as the browser tells it. */
async function cameFrom(request: Request): Promise<string | null> {
  const referer = request.headers.get('referer') ?? '';
  const { origin } = await requestMeta();
  if (!URL.canParse(referer) || new URL(referer).origin !== origin) return null;
  const { pathname, search } = new URL(referer);
  return ownPath(`${pathname}${search}`);
}
