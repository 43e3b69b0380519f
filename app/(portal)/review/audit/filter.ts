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
    from: dayOf(from) ? paramOf(from) : '',
    until: dayOf(until) ? paramOf(until) : '',
  };
}

export const filterOf = (asked: AuditQuery): AuditFilter => ({
  ...asked,
  from: dayOf(asked.from),
  until: dayOf(asked.until),
});

/** A day in UTC as a date field writes it, or null. */
function dayOf(value: Query[string]): Date | null {
  const text = paramOf(value);
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? null : day;
}

/** The filter as the query of an address, without what is empty. */
export function queryText(asked: AuditQuery, extra: Record<string, string> = {}): string {
  return new URLSearchParams(Object.entries({ ...asked, ...extra }).filter(([, value]) => value !== '')).toString();
}

/** The event before which a page begins, from its address; anything else is the newest. */
export function placeOf(value: Query[string]): bigint | null {
  return /^[1-9]\d{0,17}$/.test(paramOf(value)) ? BigInt(paramOf(value)) : null;
}
