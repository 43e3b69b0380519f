import { match } from '@formatjs/intl-localematcher';
import Negotiator from 'negotiator';
import { isLocale, LOCALES, type Locale } from './catalogue';

/** Language, script, region (BCP 47 §2.1): enough to write a date, and nothing that switches calendars or digits. */
const PLAIN_TAG = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?$/i;

/** Longer headers are nobody's. */
const MAX_HEADER_LENGTH = 500;

/** The language of the texts, and the tag by which dates and numbers are written: `en` and `en-GB`. */
export type Language = { locale: Locale; formatLocale: string };

/**
 * Chooses a language.
 * @param chosen what the person chose, the strongest first; what is no language of ours counts as no choice
 * @param acceptLanguage the browser's Accept-Language header (RFC 9110 §12.5.4)
 */
export function negotiateLanguage(
  chosen: readonly (string | null | undefined)[],
  acceptLanguage: string | undefined,
): Language {
  const wanted = tagsOf(acceptLanguage);
  const locale = chosen.find(isLocale) ?? (match(wanted, LOCALES, LOCALES[0], { algorithm: 'lookup' }) as Locale);
  // Who reads German in Austria writes dates as there, whoever chose the language.
  const formatLocale = wanted.find((tag) => tag.toLowerCase().split('-')[0] === locale) ?? locale;
  return { locale, formatLocale };
}

function tagsOf(header: string | undefined): string[] {
  const tags = new Negotiator({
    headers: { 'accept-language': (header ?? '').slice(0, MAX_HEADER_LENGTH) },
  }).languages();
  return tags.filter((tag) => PLAIN_TAG.test(tag));
}
