import 'server-only';
import { headers } from 'next/headers';
import type { AuthorizeOutcome } from '@/lib/flows/authorize';
import type { Sentence } from '@/lib/i18n/catalogue';
import type { Reason } from '@/lib/oauth/errors';
import type { redirectTarget } from '@/lib/oauth/redirect-uri';
import { runtime } from '@/lib/runtime/runtime';
import { errorDocument } from './error-document';
import { getI18n } from './i18n';
import { refusalSentence } from './refusal-sentence';

const NO_STORE = { 'Cache-Control': 'no-store' };

/** 303, so that a POST never becomes a POST elsewhere (RFC 9700 §4.12). */
export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { ...NO_STORE, Location: location } });
}

/** Nobody has a log of these; a suspended app reads like one that is not there. */
const OF_NO_APP: ReadonlySet<Reason> = new Set<Reason>([
  'client_unknown',
  'client_id_missing',
  'client_id_repeated',
  'query_too_large',
  'app_inactive',
]);

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
      return errorPage(
        { key: 'errors.connect.title' },
        [refusalSentence(outcome.reason), { key: 'errors.connect.not_sent' }],
        { forDeveloper: !OF_NO_APP.has(outcome.reason) },
      );
    case 'leave': {
      const values = { target: await targetText(outcome.target) };
      return errorPage(
        { key: 'errors.leave.title' },
        [refusalSentence(outcome.reason), { key: 'errors.leave.text', values }],
        { link: { href: outcome.location, label: { key: 'errors.leave.link', values } }, forDeveloper: true },
      );
    }
  }
}

async function targetText(target: ReturnType<typeof redirectTarget>): Promise<string> {
  if (target.kind === 'host') return target.host;
  return (await getI18n()).t('errors.leave.app', { scheme: target.scheme });
}

/** A page of ours, 400 if nothing else is said: no redirect, no script, nothing of the request repeated. */
export async function errorPage(
  title: Sentence,
  text: Sentence[],
  {
    link,
    status = 400,
    retryAfterSeconds,
    forDeveloper = false,
  }: {
    link?: { href: string; label: Sentence };
    status?: number;
    retryAfterSeconds?: number;
    /** The developer of the app finds more under the request's id. */
    forDeveloper?: boolean;
  } = {},
): Promise<Response> {
  const given = await headers();
  const body = errorDocument({
    i18n: await getI18n(),
    title,
    text,
    requestId: given.get('x-request-id') ?? '',
    forDeveloper,
    nonce: given.get('x-nonce') ?? '',
    brand: runtime().brand,
    ...(link ? { link } : {}),
  });
  const retry: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return new Response(body, { status, headers: { ...NO_STORE, ...retry, 'Content-Type': 'text/html; charset=utf-8' } });
}
