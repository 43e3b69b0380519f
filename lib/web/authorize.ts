import 'server-only';
import { headers } from 'next/headers';
import { authorize } from '@/lib/flows/authorize';
import type { Dialect } from '@/lib/oauth/errors';
import { authorizationResponse } from './authorization-response';
import { orFailurePage } from './failure';
import { visitor } from './visitor';

/** The authorization endpoint of a dialect, as a route handler. */
export function authorizationEndpoint(dialect: Dialect) {
  return orFailurePage(async () => {
    // As it came, from the front: parsing belongs to the protocol, and a repaired query is another one.
    const rawQuery = (await headers()).get('x-gatehouse-query') ?? '';
    return authorizationResponse(await authorize(rawQuery, dialect, await visitor()));
  });
}
