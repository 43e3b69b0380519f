import 'server-only';
import { authorize } from '@/lib/flows/authorize';
import type { Dialect } from '@/lib/oauth/errors';
import { authorizationResponse } from './authorization-response';
import { visitor } from './visitor';

/** The authorization endpoint of a dialect, as a route handler. */
export function authorizationEndpoint(dialect: Dialect) {
  return async function GET(request: Request): Promise<Response> {
    // The raw query: parsing belongs to the protocol, and a repaired one is another one.
    const mark = request.url.indexOf('?');
    const rawQuery = mark < 0 ? '' : request.url.slice(mark + 1);
    return authorizationResponse(await authorize(rawQuery, dialect, await visitor()));
  };
}
