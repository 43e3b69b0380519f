import { textOfAddress } from '@/lib/web/text';

/** The parameters of an address, as Next hands them to a page. */
export type Query = { [key: string]: string | string[] | undefined };

/** The number in an address, or null when there is none. */
export function numberOf(text: Query[string]): number | null {
  return typeof text === 'string' && /^[0-9]{1,9}$/.test(text) ? Number(text) : null;
}

/** The words in an address, cut where nobody types on; empty when there are none. */
export function textOf(text: Query[string]): string {
  return textOfAddress(text, 100);
}

/** The one of these words that stands in an address, or null: whoever writes an address can say nothing else with it. */
export function oneOf<Word extends string>(text: Query[string], words: readonly Word[]): Word | null {
  return words.find((word) => word === text) ?? null;
}
