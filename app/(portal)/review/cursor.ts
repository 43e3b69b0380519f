import type { Cursor } from '@/lib/store/review-views';
import { textOfAddress } from '@/lib/web/text';

export type Query = { [key: string]: string | string[] | undefined };

const CURSOR = /^(\d{1,15})\.([1-9]\d{0,9})$/;

/** Where a page of a list begins, from its address; anything else is the beginning. */
export function cursorOf(value: Query[string]): Cursor | null {
  const [, at, id] = (typeof value === 'string' && CURSOR.exec(value)) || [];
  if (at === undefined || Number(id) > 2_147_483_647 || Number(at) > 8.64e15) return null;
  return { at: new Date(Number(at)), id: Number(id) };
}

/** The same, for an address. */
export const cursorText = ({ at, id }: Cursor): string => `${at.getTime()}.${id}`;

/** The first value of a parameter, at most as long as a form takes. */
export const paramOf = (value: Query[string]): string => textOfAddress(value, 200);
