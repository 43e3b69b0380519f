import type { Sentence } from '@/lib/i18n/catalogue';
import { appNameProblem } from './names';

/** What a developer may enter about an app. Refusals come back by field. */

export const MAX_DESCRIPTION_LENGTH = 2000;

export type FieldErrors<Field extends string> = Partial<Record<Field, Sentence>>;

export type Validated<Value, Field extends string> =
  | { ok: true; value: Value }
  | { ok: false; errors: FieldErrors<Field> };

export type NewApp = {
  name: string;
  description: string;
  limitToAccount: boolean;
};

export type AppChange = {
  description: string;
  limitToAccount: boolean;
  redirectUris: string[];
};

/** The part of FormData that is read. */
export type FormFields = Pick<FormData, 'get' | 'getAll'>;

/** Why a description cannot be taken, or null. Line breaks are text, other control characters are not. */
export function descriptionProblem(description: string): Sentence | null {
  if ([...description].length > MAX_DESCRIPTION_LENGTH) {
    return { key: 'rules.description.length', values: { max: MAX_DESCRIPTION_LENGTH } };
  }
  // Bidirectional overrides make a text read other than it is written (Trojan Source, CVE-2021-42574).
  return /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u.test(description) ? { key: 'rules.description.control' } : null;
}

/** Judges a new app. `brand` is the name of this service. Whether the name is taken is the store's to say. */
export function validateNewApp(app: NewApp, brand?: string): Validated<NewApp, 'name' | 'description'> {
  return judged(app, {
    name: appNameProblem(app.name, brand),
    description: descriptionProblem(app.description),
  });
}

function judged<Value, Field extends string>(
  value: Value,
  problems: Record<Field, Sentence | null>,
): Validated<Value, Field> {
  const errors: FieldErrors<Field> = {};
  for (const field of Object.keys(problems) as Field[]) {
    const problem = problems[field];
    if (problem !== null) errors[field] = problem;
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, value };
}

/**
 * Reads the form of a new app: fields `name`, `description`, `limitToAccount` (a checkbox). Space around and repeated
 * within the name is the typist's and is dropped.
 */
export function parseAppForm(form: FormFields): NewApp {
  return {
    name: textOf(form, 'name').trim().replace(/ +/g, ' ').normalize('NFC'),
    description: descriptionOf(form),
    limitToAccount: form.get('limitToAccount') !== null,
  };
}

/**
 * Reads the form of an app's edit view: fields `description`, `limitToAccount` (a checkbox) and `redirectUris` (one or
 * several fields, one URI a line). Empty lines and repetitions are dropped; a URI itself is never repaired.
 */
export function parseAppChangeForm(form: FormFields): AppChange {
  const lines = form
    .getAll('redirectUris')
    .flatMap((value) => (typeof value === 'string' ? value.split(/\r\n|\r|\n/) : []));
  const uris = lines.map((line) => line.replace(/^ +| +$/g, '')).filter((line) => line !== '');
  return {
    description: descriptionOf(form),
    limitToAccount: form.get('limitToAccount') !== null,
    redirectUris: [...new Set(uris)],
  };
}

function textOf(form: FormFields, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function descriptionOf(form: FormFields): string {
  return textOf(form, 'description').replace(/\r\n?/g, '\n').trim();
}
