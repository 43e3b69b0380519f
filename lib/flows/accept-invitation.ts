import { type NewPerson, personProblems, tidyPerson } from '@/lib/apps/members';
import { type PasswordProblem, passwordProblem, passwordSentence } from '@/lib/apps/passwords';
import { runtime } from '@/lib/runtime/runtime';
import { acceptInvitation, findInvitation, type Invitation } from '@/lib/store/invitations';
import { digestOf } from './ids';
import { hashPassword } from './password-hash';

const TOKEN = /^[\w-]{43}$/;

/** What a token invites to; null: nothing, or nothing any more. @param token as a cookie or an address has it */
export async function openInvitation(token: string | undefined): Promise<Invitation | null> {
  return token !== undefined && TOKEN.test(token) ? findInvitation(digestOf(token)) : null;
}

/**
 * Stands for an invitation in its form, so that one that was opened in another tab since is not accepted in its place. Nothing
 * can be opened with it.
 */
export const invitationMark = (token: string | undefined): string =>
  digestOf(`form ${token}`).toString('hex').slice(0, 16);

/** Who accepts an invitation, as it was typed. */
export type Acceptance = NewPerson & { password: string; repeated: string };
export type AcceptanceField = keyof Acceptance;

type Sentence = ReturnType<typeof passwordSentence>;

export type AcceptanceOutcome =
  | { kind: 'accepted' }
  | { kind: 'gone' }
  /** The form was shown for another invitation. */
  | { kind: 'another' }
  | { kind: 'busy' }
  | { kind: 'refused'; problems: Partial<Record<AcceptanceField, Sentence>> };

/** Makes the account that a token invites to. @param shown the mark of the invitation that the form was shown for */
export async function acceptByToken(
  token: string | undefined,
  shown: unknown,
  typed: Acceptance,
): Promise<AcceptanceOutcome> {
  const invitation = await openInvitation(token);
  if (!invitation || token === undefined) return { kind: 'gone' };
  if (shown !== invitationMark(token)) return { kind: 'another' };
  const { hashes, settings } = runtime();
  const { password, repeated, ...named } = typed;
  // Where the invitation went by mail, that is the address.
  const person = tidyPerson({ ...named, email: invitation.email ?? named.email });
  const names = [...Object.values(person), invitation.organisation, invitation.tenantName, settings.brandName];
  const problem = passwordProblem({ current: ' ', next: password, repeated }, names);
  const problems: Partial<Record<AcceptanceField, Sentence>> = {
    ...personProblems(person),
    ...(problem ? { [fieldOf(problem)]: passwordSentence(problem) } : {}),
  };
  if (Object.keys(problems).length > 0) return { kind: 'refused', problems };
  if (hashes.full) return { kind: 'busy' };
  const outcome = await acceptInvitation(digestOf(token), { ...person, passwordHash: await hashPassword(password) });
  switch (outcome) {
    case 'accepted':
    case 'gone':
      return { kind: outcome };
    case 'username_taken':
      return { kind: 'refused', problems: { username: { key: 'invitations.taken' } } };
    case 'email_taken':
      return { kind: 'refused', problems: { email: { key: 'invitations.email_taken' } } };
  }
}

const fieldOf = (problem: PasswordProblem): AcceptanceField => (problem === 'not_repeated' ? 'repeated' : 'password');
