import 'server-only';
import { headers } from 'next/headers';
import type { AuthorizeOutcome } from '@/lib/flows/authorize';
import { descriptionOf, type Reason } from '@/lib/oauth/errors';
import { runtime } from '@/lib/runtime/runtime';
import { errorDocument } from './error-document';

const NO_STORE = { 'Cache-Control': 'no-store' };

/** 303, so that a POST never becomes a POST elsewhere (RFC 9700 §4.12). */
export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { ...NO_STORE, Location: location } });
}

/** Renders what the authorization flow decided. */
export async function authorizationResponse(outcome: AuthorizeOutcome): Promise<Response> {
  switch (outcome.kind) {
    case 'redirect':
      return seeOther(outcome.location);
    case 'sign_in':
      return seeOther(`/signin?transaction=${outcome.transactionId}`);
    case 'consent':
      return seeOther(`/consent/${outcome.transactionId}`);
    case 'page':
      return errorPage('This app could not be connected', [descriptionOfPage(outcome.reason), LEFT]);
    case 'leave': {
      const target =
        outcome.target.kind === 'host' ? outcome.target.host : `an app on this device (${outcome.target.scheme}:)`;
      return errorPage(
        'The app sent a request that we refused',
        [
          `${descriptionOf(outcome.reason)}.`,
          `You have not allowed anything. Continuing takes you to ${target}, which is not run by us.`,
        ],
        { link: { href: outcome.location, label: `Continue to ${target}` } },
      );
    }
  }
}

const LEFT =
  'You have not allowed anything and were not sent to the app. If you are its developer, compare the address you sent with your app’s settings.';

// Unknown and deleted apps read the same.
function descriptionOfPage(reason: Reason): string {
  return reason === 'client_unknown' || reason === 'app_inactive'
    ? 'There is no app with this client_id here.'
    : `${descriptionOf(reason)}.`;
}

/** A page of ours, 400 if nothing else is said: no redirect, no script, nothing of the request repeated. */
export async function errorPage(
  title: string,
  text: string[],
  { link, status = 400 }: { link?: { href: string; label: string }; status?: number } = {},
): Promise<Response> {
  const given = await headers();
  const body = errorDocument({
    title,
    text,
    requestId: given.get('x-request-id') ?? '',
    nonce: given.get('x-nonce') ?? '',
    brandName: runtime().settings.brandName,
    ...(link ? { link } : {}),
  });
  return new Response(body, { status, headers: { ...NO_STORE, 'Content-Type': 'text/html; charset=utf-8' } });
}
