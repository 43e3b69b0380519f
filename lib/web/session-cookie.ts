import { decode, encode } from 'next-auth/jwt';
import { runtime } from '@/lib/runtime/runtime';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** next-auth's encrypted cookie value, which names the session's row and says nothing else. */
export async function sealSessionId(sessionId: string, expiresAt: Date): Promise<string> {
  const maxAge = Math.max(1, Math.floor((expiresAt.getTime() - runtime().clock.now()) / 1000));
  return encode({ token: { sid: sessionId }, secret: runtime().derivedKeys.session, maxAge });
}

/** @returns the session id, or null for a cookie that we did not write or that has expired */
export async function openSessionId(cookie: string | undefined): Promise<string | null> {
  if (!cookie) return null;
  try {
    const token = await decode({ token: cookie, secret: runtime().derivedKeys.session });
    return typeof token?.sid === 'string' && UUID.test(token.sid) ? token.sid : null;
  } catch {
    // Damaged, foreign or sealed under another key: nobody is signed in by it.
    return null;
  }
}
