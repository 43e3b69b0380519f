import { hash, verify } from '@node-rs/argon2';
import { runtime } from '@/lib/runtime/runtime';
import { createSession } from '@/lib/store/sessions';
import { findSignInCandidate } from '@/lib/store/users';

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

/** Longer texts are nobody's password, and hashing them is work. */
const MAX_PASSWORD_LENGTH = 1_024;

/** Judges a username (or verified e-mail address) and password; the attempt is counted before it is judged. */
export async function signIn(attempt: SignInAttempt): Promise<SignInOutcome> {
  const { limits, hashes } = runtime();
  const account = accountName(attempt.usernameOrEmail);
  const { retryAfterSeconds } = await limits.passwordAttempt(account, attempt.address);
  if (retryAfterSeconds !== null) return { kind: 'limited', retryAfterSeconds };

  if (hashes.full) return { kind: 'limited', retryAfterSeconds: BUSY_SECONDS };
  const candidate = account === '' ? null : await findSignInCandidate(account);
  const right = await checkPassword(candidate?.passwordHash ?? null, attempt.password);
  const here = attempt.tenantName === null || attempt.tenantName === candidate?.tenantName;
  // Demo data has public passwords: from elsewhere than this machine they open nothing.
  const welcome = candidate?.active && here && (!candidate.demo || runtime().loopbackOnly);
  if (!candidate || !right || !welcome) return { kind: 'wrong' };
  await limits.passwordWasRight(account, attempt.address);
  return { kind: 'signed_in', session: await createSession(candidate.id, attempt.userAgent, attempt.address) };
}

/** Nobody's name holds a NUL, and PostgreSQL takes none in a text. */
const accountName = (typed: string) => (typed.includes('\0') ? '' : typed.trim().toLowerCase().slice(0, 200));

/** Without a hash the same work is done, so that time doesn't tell which names exist. */
async function checkPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const tooLong = password.length > MAX_PASSWORD_LENGTH;
  const right = await runtime().hashes.run(async () =>
    verify(passwordHash ?? (await dummyHash()), tooLong ? '' : password),
  );
  return right && passwordHash !== null && !tooLong;
}

let dummy: Promise<string> | null = null;
const dummyHash = () => (dummy ??= hash('no password', ARGON2ID));

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
export const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const BUSY_SECONDS = 5;
