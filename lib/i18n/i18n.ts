import { createFormatter, createTranslator } from 'use-intl/core';
import type { Messages, Sentence } from './catalogue';
import type { Language } from './negotiate';

/** How a person reads: language, the way dates and numbers are written, and the time zone (IANA). */
export type Reader = Language & { timeZone: string };

/**
 * Everything that a page says to one reader. Texts by their full key: `t('signin.title')`, `t.rich(…)` with tags.
 * @param messages the catalogue of the reader's language, or the part of it that is needed
 */
export function createI18n(reader: Reader, messages: Partial<Messages>) {
  const t = createTranslator<Messages>({
    locale: reader.locale,
    timeZone: reader.timeZone,
    messages: messages as Messages,
    onError: fail,
  });
  const format = createFormatter({ locale: reader.formatLocale, timeZone: reader.timeZone, onError: fail });
  return {
    ...reader,
    t,
    /** Says what a rule answered; nothing where it had nothing to say. */
    say: <Said extends Sentence | null | undefined>(sentence: Said) =>
      (sentence ? t(sentence.key, sentence.values) : undefined) as Said extends Sentence ? string : string | undefined,
    /** Says what rules answered about each field of a form. */
    sayEach: (problems: Partial<Record<string, Sentence>>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(problems).flatMap(([field, problem]) =>
          problem ? [[field, t(problem.key, problem.values)]] : [],
        ),
      ),
    /** `1,234` or `1.234`. */
    number: (value: number) => format.number(value),
    /** "Nov 22, 2026". */
    day: (date: Date) => format.dateTime(date, { dateStyle: 'medium' }),
    /** "Nov 22". */
    dayOfYear: (date: Date) => format.dateTime(date, { month: 'short', day: 'numeric' }),
    /** "14:32". */
    clock: (date: Date) => format.dateTime(date, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    /** "Nov 22, 2026, 14:32 GMT+1". */
    moment: (date: Date) =>
      format.dateTime(date, {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        timeZoneName: 'short',
      }),
    /** "5 minutes ago", "in 3 days"; less than a minute is "just now". */
    ago: (date: Date, now: Date) => agoText(reader, date, now) ?? t('common.just_now'),
    /** "a, b and c". */
    list: (parts: readonly string[]) => format.list(parts),
  };
}

/** What a component gets that speaks: as a prop on the server, by `useI18n` in the browser. */
export type I18n = ReturnType<typeof createI18n>;

function fail(error: Error): never {
  throw error;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

function agoText({ formatLocale }: Reader, date: Date, now: Date): string | null {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  if (!unit) return null;
  const [name, length] = unit;
  return new Intl.RelativeTimeFormat(formatLocale, { numeric: 'auto' }).format(Math.trunc(seconds / length), name);
}
