import 'server-only';
import { cookies } from 'next/headers';
import { cookieAttributes, cookieName, FLASH_COOKIE, REASON_COOKIE } from './cookies';

/** What the sign-in page says after a failure: what was typed but the password, and nothing about which part was wrong. */
export type SignInFlash = { username: string; problem: 'wrong' | 'limited'; retryAfterSeconds: number };

const LIFETIME_MS = 60_000;

export async function writeSignInFlash(flash: SignInFlash, now: number): Promise<void> {
  write(await cookies(), FLASH_COOKIE, { ...flash, username: flash.username.slice(0, 200) }, now);
}

export async function clearSignInFlash(): Promise<void> {
  clear(await cookies(), FLASH_COOKIE);
}

/** The failure that led back to the sign-in page, or null. */
export async function readSignInFlash(): Promise<SignInFlash | null> {
  const { username, problem, retryAfterSeconds } = read(await cookies(), FLASH_COOKIE);
  if (typeof username !== 'string' || (problem !== 'wrong' && problem !== 'limited')) return null;
  return { username, problem, retryAfterSeconds: Number(retryAfterSeconds) || 0 };
}

/** What the page of an app that is kept out says after a request was not taken, and what was typed. */
export type ReasonFlash = { problem: string; reason: string };

/** Of a text that is much too long so much comes back as a cookie holds. */
const MOST_REASON = 700;

export function writeReasonFlash(jar: Jar, flash: ReasonFlash, now: number): void {
  write(jar, REASON_COOKIE, { ...flash, reason: flash.reason.slice(0, MOST_REASON) }, now);
}

export function clearReasonFlash(jar: Jar): void {
  clear(jar, REASON_COOKIE);
}

/** The failure that led back to the page, or null. */
export async function readReasonFlash(): Promise<ReasonFlash | null> {
  const { problem, reason } = read(await cookies(), REASON_COOKIE);
  return typeof problem === 'string' && typeof reason === 'string' ? { problem, reason } : null;
}

type Jar = Awaited<ReturnType<typeof cookies>>;

function write(jar: Jar, cookie: string, flash: object, now: number): void {
  const value = Buffer.from(JSON.stringify(flash)).toString('base64url');
  jar.set(cookieName(cookie), value, cookieAttributes(new Date(now + LIFETIME_MS)));
}

function clear(jar: Jar, cookie: string): void {
  jar.set(cookieName(cookie), '', { ...cookieAttributes(), maxAge: 0 });
}

/** What a cookie of ours says; a browser may send anything, so nothing of it is believed. */
function read(jar: Jar, cookie: string): Record<string, unknown> {
  try {
    const flash: unknown = JSON.parse(Buffer.from(jar.get(cookieName(cookie))?.value ?? '', 'base64url').toString());
    return typeof flash === 'object' && flash !== null ? (flash as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
