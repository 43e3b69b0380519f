import type { Route } from 'next';
import { z } from 'zod';
import { CONNECTION_SORTS, type ConnectionCursor, type ConnectionSort } from '@/lib/store/connection-views';
import { textOfAddress } from '@/lib/web/text';

type Params = Record<string, string | string[] | undefined>;

/** What the address of the list says. */
export type ListQuery = { search: string; sort: ConnectionSort; after: ConnectionCursor | null };

const cursor = z.tuple([
  z
    .string()
    .max(100)
    .regex(/^[^\0]*$/),
  z.uuid(),
]);

/** Reads the list's query; what can't be read is the first page in the usual order. */
export function readListQuery({ q, sort, after }: Params): ListQuery {
  return {
    search: textOfAddress(q, 100),
    sort: CONNECTION_SORTS.find((known) => known === sort) ?? 'activity',
    after: typeof after === 'string' ? readCursor(after) : null,
  };
}

function readCursor(text: string): ConnectionCursor | null {
  try {
    const [key, grantId] = cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { key, grantId };
  } catch {
    return null;
  }
}

/** The address of the list with another order or page. */
export function listPath({ search, sort, after }: ListQuery): Route {
  const query = new URLSearchParams();
  if (search !== '') query.set('q', search);
  if (sort !== 'activity') query.set('sort', sort);
  if (after) query.set('after', Buffer.from(JSON.stringify([after.key, after.grantId])).toString('base64url'));
  return (query.size > 0 ? `/connections?${query}` : '/connections') as Route;
}
