import type en from '@/messages/en.json';
import type guides from '@/messages/guides.en.json';

/** Languages that the portal speaks. The first is the one for everybody else. */
export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

/** The catalogue: English says which texts there are. */
export type Messages = typeof en & typeof guides;
export type Namespace = keyof Messages;

/** A namespace, or one part of it: `applications.secrets`. */
export type MessagePart = Namespace | { [Name in Namespace]: `${Name}.${keyof Messages[Name] & string}` }[Namespace];

type Leaves<Tree, Path extends string> = {
  [Name in keyof Tree & string]: Tree[Name] extends string ? `${Path}${Name}` : Leaves<Tree[Name], `${Path}${Name}.`>;
}[keyof Tree & string];

/** The full name of a text: `signin.title`. */
export type MessageKey = Leaves<Messages, ''>;

/** What a text has places for. */
export type MessageValues = Record<string, string | number | Date>;

/** A text that is yet to be said in somebody's language: what rules answer with. */
export type Sentence = { key: MessageKey; values?: MessageValues };

/** Whether a word names a language of ours. */
export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}
