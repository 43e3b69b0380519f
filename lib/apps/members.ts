import { z } from 'zod';
import type { Sentence } from '@/lib/i18n/catalogue';
import type { Role } from './roles';

/** Rules for the people of an organisation. */

export const ROLES = ['MEMBER', 'DEVELOPER', 'ADMIN'] as const satisfies readonly Role[];

/** The value of a role's field, or null when it is none. */
export function roleOf(value: unknown): Role | null {
  return ROLES.find((role) => role === value) ?? null;
}

/** Days for which an invitation can be accepted. */
export const INVITATION_DAYS = 7;
/** Invitations of an organisation that are open at a time. */
export const MAX_OPEN_INVITATIONS = 100;

export const MIN_USERNAME_LENGTH = 3;
export const MAX_USERNAME_LENGTH = 64;
/** Characters of a first or last name. */
export const MAX_NAME_LENGTH = 100;

// Apps identify people by it, addresses carry it: letters, digits and what stands between them. No @: that is a mail address.
const USERNAME = /^[a-z0-9](?:[a-z0-9]|[._-](?=[a-z0-9]))*$/;
const email = z.email().max(254);

/** What somebody types who accepts an invitation, beside the password. */
export type NewPerson = { username: string; firstName: string; lastName: string; email: string };

/** A typed person as it is stored: names without the space around them, username and address as they are compared. */
export const tidyPerson = ({ username, firstName, lastName, email }: NewPerson): NewPerson => ({
  username: username.trim().toLowerCase(),
  firstName: tidyName(firstName),
  lastName: tidyName(lastName),
  email: email.trim(),
});

const tidyName = (name: string): string => name.normalize('NFC').trim().replace(/\s+/g, ' ');

/** Whether this is an address to which mail can be sent. */
export const isEmail = (text: string): boolean => email.safeParse(text).success;

/** What is wrong with each field of a tidy person; nothing where all is well. */
export function personProblems({
  username,
  firstName,
  lastName,
  email,
}: NewPerson): Partial<Record<keyof NewPerson, Sentence>> {
  const named = (name: string, missing: Sentence): Sentence | null => {
    if (name === '') return missing;
    // Characters that nobody sees, or that turn the text around them.
    if (/\p{C}/u.test(name)) return { key: 'rules.person.control' };
    return name.length > MAX_NAME_LENGTH
      ? { key: 'rules.person.name_too_long', values: { max: MAX_NAME_LENGTH } }
      : null;
  };
  const problems = {
    username: usernameProblem(username),
    firstName: named(firstName, { key: 'rules.person.first_name_missing' }),
    lastName: named(lastName, { key: 'rules.person.last_name_missing' }),
    email: isEmail(email) ? null : ({ key: 'rules.person.email' } as const),
  };
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== null));
}

function usernameProblem(username: string): Sentence | null {
  if (username.length < MIN_USERNAME_LENGTH || username.length > MAX_USERNAME_LENGTH)
    return { key: 'rules.person.username_length', values: { min: MIN_USERNAME_LENGTH, max: MAX_USERNAME_LENGTH } };
  return USERNAME.test(username) ? null : { key: 'rules.person.username_characters' };
}
