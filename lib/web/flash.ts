import 'server-only';
import { cookies } from 'next/headers';
import { cookieAttributes, cookieName, FLASH_COOKIE } from './cookies';

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
