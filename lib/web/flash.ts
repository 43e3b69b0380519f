import 'server-only';
import { cookies } from 'next/headers';
import { cookieAttributes, cookieName, FLASH_COOKIE, REASON_COOKIE } from './cookies';

/** What the sign-in page says after a failure: what was typed but the password, and nothing about which part was wrong. */
export type SignInFlash = { username: string; problem: 'wrong' | 'limited'; retryAfterSeconds: number };

const LIFETIME_MS = 60_000;

export async function writeSignInFlash(flash: SignInFlash, now: number): Promise<void> {
  const value = Buffer.from(JSON.stringify({ ...flash, username: flash.username.slice(0, 200) })).toString('base64url');
  (await cookies()).set(cookieName(FLASH_COOKIE), value, cookieAttributes(new Date(now + LIFETIME_MS)));
}

export async function clearSignInFlash(): Promise<void> {
  (await cookies()).set(cookieName(FLASH_COOKIE), '', { ...cookieAttributes(), maxAge: 0 });
}

/** The failure that led back to the sign-in page, or null. */
export async function readSignInFlash(): Promise<SignInFlash | null> {
  const value = (await cookies()).get(cookieName(FLASH_COOKIE))?.value;
  if (!value) return null;
  try {
    const { username, problem, retryAfterSeconds } = JSON.parse(Buffer.from(value, 'base64url').toString());
    if (typeof username !== 'string' || (problem !== 'wrong' && problem !== 'limited')) return null;
    return { username, problem, retryAfterSeconds: Number(retryAfterSeconds) || 0 };
  } catch {
    return null;
  }
}

/** What the page of an app that is kept out says after a request was not taken, and what was typed. */
export type ReasonFlash = { problem: string; reason: string };

type Jar = Awaited<ReturnType<typeof cookies>>;

/** Of a text that is much too long so much comes back as a cookie holds. */
const MOST_REASON = 700;

export function writeReasonFlash(jar: Jar, flash: ReasonFlash, now: number): void {
  const value = Buffer.from(JSON.stringify({ ...flash, reason: flash.reason.slice(0, MOST_REASON) })).toString(
    'base64url',
  );
  jar.set(cookieName(REASON_COOKIE), value, cookieAttributes(new Date(now + LIFETIME_MS)));
}

export function clearReasonFlash(jar: Jar): void {
  jar.set(cookieName(REASON_COOKIE), '', { ...cookieAttributes(), maxAge: 0 });
}

/** The failure that led back to the page, or null. */
export async function readReasonFlash(): Promise<ReasonFlash | null> {
  const value = (await cookies()).get(cookieName(REASON_COOKIE))?.value;
  if (!value) return null;
  try {
    const { problem, reason } = JSON.parse(Buffer.from(value, 'base64url').toString());
    return typeof problem === 'string' && typeof reason === 'string' ? { problem, reason } : null;
  } catch {
    return null;
  }
}
