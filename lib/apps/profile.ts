import { z } from 'zod';
import type { Sentence } from '@/lib/i18n/catalogue';
import type { FieldErrors, FormFields } from './registration';

/** Where people learn more about an app, and whom they ask. Everything may be left out; a badge needs all of it. */
export type AppProfile = {
  website: string | null;
  termsUrl: string | null;
  privacyUrl: string | null;
  supportEmail: string | null;
};
type ProfileField = keyof AppProfile;

export const MAX_URL_LENGTH = 2_000;
const MAX_EMAIL_LENGTH = 254;

const URL_FIELDS = ['website', 'termsUrl', 'privacyUrl'] as const;

/** What was typed, for the form to keep, and what it comes to. */
export type JudgedProfile =
  | { ok: true; value: AppProfile }
  | { ok: false; typed: Record<ProfileField, string>; errors: FieldErrors<ProfileField> };

/** Reads and judges the fields `website`, `termsUrl`, `privacyUrl`, `supportEmail`; an empty one is none. */
export function parseProfileForm(form: FormFields): JudgedProfile {
  const typed = {
    website: textOf(form, 'website'),
    termsUrl: textOf(form, 'termsUrl'),
    privacyUrl: textOf(form, 'privacyUrl'),
    supportEmail: textOf(form, 'supportEmail'),
  };
  const errors: FieldErrors<ProfileField> = {};
  for (const field of URL_FIELDS) {
    const problem = linkProblem(typed[field]);
    if (problem) errors[field] = problem;
  }
  const mailProblem = emailProblem(typed.supportEmail);
  if (mailProblem) errors.supportEmail = mailProblem;
  if (Object.keys(errors).length > 0) return { ok: false, typed, errors };
  return {
    ok: true,
    value: {
      website: typed.website || null,
      termsUrl: typed.termsUrl || null,
      privacyUrl: typed.privacyUrl || null,
      supportEmail: typed.supportEmail || null,
    },
  };
}

/**
 * Why a link can't be shown to people, or null. It stands on the consent screen: `javascript:` and its kin run there
 * (CVE-2026-67333), a name before an @ speaks of another host than the one that opens, and an address inside somebody's
 * network is nothing that users can read.
 */
export function linkProblem(link: string): Sentence | null {
  if (link === '') return null;
  if (link.length > MAX_URL_LENGTH) return { key: 'rules.link.length', values: { max: MAX_URL_LENGTH } };
  // What a parser would drop or repair unseen: what is stored is what was looked at.
  if (/[\s\p{Cc}\\]/u.test(link) || !URL.canParse(link)) return { key: 'rules.link.unreadable' };
  const url = new URL(link);
  if (url.protocol !== 'https:' || !/^https:\/\//i.test(link)) return { key: 'rules.link.https' };
  if (url.username !== '' || url.password !== '') return { key: 'rules.link.userinfo' };
  if (!/^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(url.hostname)) return { key: 'rules.link.host' };
  return null;
}

function emailProblem(email: string): Sentence | null {
  if (email === '') return null;
  return email.length <= MAX_EMAIL_LENGTH && z.email().safeParse(email).success ? null : { key: 'rules.email' };
}

function textOf(form: FormFields, name: ProfileField): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
