import { runtime } from '@/lib/runtime/runtime';

/** Host-only cookies; `__Host-` and Secure exactly when people come by https, so that no sibling host can plant one. */
export function cookieName(name: string): string {
  return runtime().settings.secure ? `__Host-${name}` : name;
}

/** Attributes of every cookie of ours. Lax, not Strict: an authorization starts on another site and must find its session. */
export function cookieAttributes(expires?: Date) {
  return {
    httpOnly: true,
    secure: runtime().settings.secure,
    sameSite: 'lax' as const,
    path: '/',
    ...(expires ? { expires } : {}),
  };
}

/** next-auth's session cookie. */
export const SESSION_COOKIE = 'next-auth.session-token';
/** Names the browser: a consent transaction belongs to one. */
export const BROWSER_COOKIE = 'gatehouse.browser';
/** What the sign-in page says after a failure. */
export const FLASH_COOKIE = 'gatehouse.sign-in';

/** What was typed into a request for an app that was not taken. */
export const REASON_COOKIE = 'gatehouse.reason';
/** The token of an invitation, taken out of the address that it came in. */
export const INVITATION_COOKIE = 'gatehouse.invitation';

/** The language that a visitor chose, for whom we don't know. */
export const LANGUAGE_COOKIE = 'gatehouse.language';

/** The organisation that a platform admin looks at. */
export const ORGANISATION_COOKIE = 'gatehouse.organisation';

/** The value of a cookie in a Cookie header (RFC 6265 §4.2.1), or undefined. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`;
  return header
    ?.split(/; */)
    .find((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length);
}
