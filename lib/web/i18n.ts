import 'server-only';
import { cookies, headers } from 'next/headers';
import { cache } from 'react';
import { createI18n, type I18n, type Reader } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { negotiateLanguage } from '@/lib/i18n/negotiate';
import { cookieName, LANGUAGE_COOKIE } from './cookies';
import { currentUser } from './guards';

/**
 * What the pages of this request say, and how: in the language that the signed-in user chose, else this browser's
 * visitor, else the one the browser asks for, else English; in the user's time zone, else UTC.
 */
export const getI18n = cache(async (): Promise<I18n> => {
  const reader = await getReader();
  return createI18n(reader, MESSAGES[reader.locale]);
});

const getReader = cache(async (): Promise<Reader> => {
  // Without a database there is still a page that says so, and it needs a language.
  const known = currentUser().catch(() => null);
  const [user, jar, given] = await Promise.all([known, cookies(), headers()]);
  const chosen = [user?.language, jar.get(cookieName(LANGUAGE_COOKIE))?.value];
  return {
    ...negotiateLanguage(chosen, given.get('accept-language') ?? undefined),
    timeZone: knownTimeZone(user?.timezone),
  };
});

/** A stored zone may be unknown to this runtime; a page must not fail over it. */
function knownTimeZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
