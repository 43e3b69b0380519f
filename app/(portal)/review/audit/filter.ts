import { dayIn } from '@/lib/apps/time-zones';
import type { AuditFilter } from '@/lib/store/audit-views';
import { paramOf, type Query } from '../cursor';

/** What the filter's form says. */
export type AuditQuery = Record<'kind' | 'organisation' | 'person' | 'subject' | 'from' | 'until', string>;

export function auditQueryOf(query: Query): AuditQuery {
  const { kind, organisation, person, subject, from, until } = query;
  return {
    kind: paramOf(kind),
    organisation: paramOf(organisation),
    person: paramOf(person),
    subject: paramOf(subject),
    from: dayOf(from),
    until: dayOf(until),
  };
}

/** The same for the store. @param timeZone the reader's: a day is what the rows beside it say */
export const filterOf = (asked: AuditQuery, timeZone: string): AuditFilter => ({
  ...asked,
  from: dayIn(asked.from, timeZone)?.begins ?? null,
  until: dayIn(asked.until, timeZone)?.ends ?? null,
});

/** A day as a date field writes it; empty when it is none. */
const dayOf = (value: Query[string]): string => (dayIn(paramOf(value), 'UTC') ? paramOf(value) : '');

/** The filter as the query of an address, without what is empty. */
export function queryText(asked: AuditQuery, extra: Record<string, string> = {}): string {
  return new URLSearchParams(Object.entries({ ...asked, ...extra }).filter(([, value]) => value !== '')).toString();
}

/** The event before which a page begins, from its address; anything else is the newest. */
export function placeOf(value: Query[string]): bigint | null {
  return /^[1-9]\d{0,17}$/.test(paramOf(value)) ? BigInt(paramOf(value)) : null;
}
