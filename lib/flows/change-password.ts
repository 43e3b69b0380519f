import { type PasswordChoice, type PasswordProblem, passwordProblem } from '@/lib/apps/passwords';
import { runtime } from '@/lib/runtime/runtime';
import { findPasswordHash, replacePassword } from '@/lib/store/passwords';
import type { SessionUser } from '@/lib/store/sessions';
import { BUSY_SECONDS, hashPassword, passwordIsRight } from './password-hash';

export type PasswordChange = PasswordChoice & {
  user: SessionUser;
  /** The person wants every app disconnected; some installations always do. */
  disconnectApps: boolean;
  address: string;
};

export type PasswordChangeOutcome =
  | { kind: 'changed'; sessionsEnded: number; appsDisconnected: boolean }
  | { kind: 'refused'; problem: PasswordProblem }
  /** The current password is not the one that was typed. */
  | { kind: 'wrong' }
  | { kind: 'limited'; retryAfterSeconds: number };

/** Changes the password of who is signed in. A wrong current password counts like one at sign-in: before it is judged. */
export async function changePassword(change: PasswordChange): Promise<PasswordChangeOutcome> {
  const { limits, hashes, settings } = runtime();
  const { user, address } = change;
  const problem = passwordProblem(change, namesOf(user, settings.brandName));
  if (problem) return { kind: 'refused', problem };

  const { retryAfterSeconds } = await limits.passwordAttempt(user.username, address);
  if (retryAfterSeconds !== null) return { kind: 'limited', retryAfterSeconds };
  if (hashes.full) return { kind: 'limited', retryAfterSeconds: BUSY_SECONDS };
  const before = await findPasswordHash(user.id);
  if (before === null || !(await passwordIsRight(before, change.current))) return { kind: 'wrong' };
  await limits.passwordWasRight(user.username, address);

  const appsDisconnected = change.disconnectApps || settings.passwordChangeEndsConnections === 'always';
  const replaced = await replacePassword({
    userId: user.id,
    tenantId: user.tenant.id,
    sessionId: user.sessionId,
    before,
    after: await hashPassword(change.next),
    disconnectApps: appsDisconnected,
  });
  // Somebody else has changed it meanwhile: what was typed is the current one no longer.
  return replaced ? { kind: 'changed', sessionsEnded: replaced.sessionsEnded, appsDisconnected } : { kind: 'wrong' };
}

const namesOf = ({ username, email, firstName, lastName, tenant }: SessionUser, brandName: string): string[] => [
  username,
  email,
  firstName,
  lastName,
  tenant.name,
  tenant.displayName,
  brandName,
];
