import { z } from 'zod';
import type { ConnectionPlace } from '@/lib/store/app-connections';
import type { Query } from '../query';

const uuid = z.uuid();

/** A place in the list of connections, as it stands in an address: milliseconds and id. Anything else is none. */
export function connectionPlaceOf(text: Query[string]): ConnectionPlace | null {
  const [, ms = '', id = ''] = /^([0-9]{1,15})\.(.{36})$/.exec(typeof text === 'string' ? text : '') ?? [];
  return uuid.safeParse(id).success ? { at: new Date(Number(ms)), id } : null;
}

export const writePlace = ({ at, id }: ConnectionPlace): string => `${at.getTime()}.${id}`;

/** The number of an event in an address, as PostgreSQL's bigint takes it; or null. */
export function eventIdOf(text: Query[string]): string | null {
  return typeof text === 'string' && /^[0-9]{1,18}$/.test(text) ? text : null;
}
