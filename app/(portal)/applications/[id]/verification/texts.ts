import type { ActState } from '@/components/review/act-state';
import { MAX_NOTE_LENGTH, MAX_REQUEST_TEXT_LENGTH } from '@/lib/apps/checklist';
import type { I18n } from '@/lib/i18n/i18n';
import type { RequestTexts } from '@/lib/store/verification';

/** Characters of a message between developers and reviewers. */
export const MAX_MESSAGE_LENGTH = 4000;

/** A text of several lines from a form: line ends are one, what nobody sees is dropped (CVE-2021-42574). */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  if (typeof value !== 'string') return '';
  return value
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
}

/** What a request says, and what is too long of it. */
export function parseRequestTexts(
  form: FormData,
  { t }: I18n,
): { texts: RequestTexts; errors: Record<string, string> | null } {
  const texts = { purpose: textOf(form, 'purpose'), redirectNote: textOf(form, 'redirectNote') };
  const errors: Record<string, string> = {};
  const most = { purpose: MAX_REQUEST_TEXT_LENGTH, redirectNote: MAX_NOTE_LENGTH };
  for (const field of ['purpose', 'redirectNote'] as const) {
    if (texts[field].length > most[field]) errors[field] = t('verification.request.too_long', { max: most[field] });
  }
  return { texts, errors: Object.keys(errors).length > 0 ? errors : null };
}

/** The refusal of a form with one text: the sentence stands above it and beside the field, and what was typed comes back. */
export function refusedText(field: string, typed: string, message: string): ActState {
  return { status: 'refused', message, errors: { [field]: message }, values: { [field]: typed } };
}
