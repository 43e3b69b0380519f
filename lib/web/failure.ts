import 'server-only';
import { headers } from 'next/headers';
import { runtime } from '@/lib/runtime/runtime';
import { errorPage } from './authorization-response';

type Handler<Rest extends unknown[]> = (...rest: Rest) => Promise<Response>;

/** A route handler that people meet: what fails in it is logged with the request's id and answered with a page that says so. */
export function orFailurePage<Rest extends unknown[]>(handler: Handler<Rest>): Handler<Rest> {
  return async (...rest) => {
    try {
      return await handler(...rest);
    } catch (error) {
      const requestId = (await headers()).get('x-request-id');
      runtime().log.error({ err: error, requestId }, 'request failed');
      return errorPage({ key: 'errors.failed.title' }, [{ key: 'errors.failed.text' }], { status: 503 });
    }
  };
}
