import { runtime } from '@/lib/runtime/runtime';
import { createSession } from '@/lib/store/sessions';
import { findSignInCandidate } from '@/lib/store/users';
import { BUSY_SECONDS, passwordIsRight } from './password-hash';

export type SignInAttempt = {
  usernameOrEmail: string;
  password: string;
  address: string;
  userAgent: string;
  /** On an organisation's own host only its users sign in. */
  tenantName: string | null;
};

export type SignInOutcome =
  | { kind: 'signed_in'; session: { id: string; expiresAt: Date } }
  /** Says nothing about which part was wrong. */
  | { kind: 'wrong' }
  | { kind: 'limited'; retryAfterSeconds: number };

/** Judges a username (or verified e-mail address) and password; the attempt is counted before it is judged. */
export async function signIn(attempt: SignInAttempt): Promise<SignInOutcome> {
  const { limits, hashes } = runtime();
  const account = accountName(attempt.usernameOrEmail);
  const { retryAfterSeconds } = await limits.passwordAttempt(account, attempt.address);
  if (retryAfterSeconds !== null) return { kind: 'limited', retryAfterSeconds };

  if (hashes.full) return { kind: 'limited', retryAfterSeconds: BUSY_SECONDS };
  const candidate = account === '' ? null : await findSignInCandidate(account);
  const right = await passwordIsRight(candidate?.passwordHash ?? null, attempt.password);
  const here = attempt.tenantName === null || attempt.tenantName === candidate?.tenantName;
  // Demo data has public passwords: from elsewhere than this machine they open nothing.
  const welcome = candidate?.active && here && (!candidate.demo || runtime().loopbackOnly);
  if (!candidate || !right || !welcome) return { kind: 'wrong' };
  await limits.passwordWasRight(account, attempt.address);
  const session = await createSession(candidate, attempt.userAgent, attempt.address);
  // The password was changed while it was judged.
  return session ? { kind: 'signed_in', session } : { kind: 'wrong' };
}

/** Nobody's name holds a NUL, and PostgreSQL takes none in a text. */
const accountName = (typed: string) => (typed.includes('\0') ? '' : typed.trim().toLowerCase().slice(0, 200));
