import { Fragment, type ReactNode } from 'react';
import { type EventCause, readEndedReason } from '@/lib/apps/event-causes';
import type { I18n } from '@/lib/i18n/i18n';

type Difference = { part: string; sent?: string; registered?: string };

/** Beside the cause, what was found out. Texts in it are a stranger's. */
export type ExplainedDetails = {
  redirect?: { sent: string; registered: string | null; differs: Difference[] };
  scopes?: string[];
  parameters?: string[];
  value?: string;
  secretsEndIn?: string[];
  seconds?: number;
  why?: string;
  looksLike?: 'access_token' | 'refresh_token' | 'code';
  silent?: boolean;
  summed?: boolean;
};

type Explained = { i18n: I18n; code: string; cause: EventCause | null; details: ExplainedDetails };

const code = (text: ReactNode) => (
  <code className="font-mono break-all text-ink">
    <bdi>{text}</bdi>
  </code>
);

/** What differs from what was expected, in words, and what to do about it. */
export function EventExplanation({ i18n, code: outcome, cause, details }: Explained) {
  const { t } = i18n;
  const { redirect, scopes, parameters, value, secretsEndIn, looksLike } = details;
  const reason = readEndedReason(details.why);
  const when = timeText(i18n, outcome, details.seconds);
  return (
    <>
      {redirect ? <RedirectDifferences i18n={i18n} outcome={outcome} redirect={redirect} /> : null}
      {scopes ? <p>{t.rich('events.scopes', { list: () => <Codes texts={scopes} /> })}</p> : null}
      {parameters ? <p>{t.rich('events.parameters', { list: () => <Codes texts={parameters} /> })}</p> : null}
      {value ? <p>{t.rich('events.value', { code, value })}</p> : null}
      {looksLike ? <p>{t(`events.looks_like.${looksLike}`)}</p> : null}
      {reason ? <p>{t(`application_log.because.${reason}`)}</p> : null}
      {secretsEndIn ? (
        <p>{t.rich('events.secrets', { count: secretsEndIn.length, list: () => <Codes texts={secretsEndIn} /> })}</p>
      ) : outcome === 'secret_mismatch' && !details.summed ? (
        <p>{t('events.no_secrets')}</p>
      ) : null}
      {when ? <p>{when}</p> : null}
      {cause && cause.said !== 'nowhere' ? (
        <p>
          <strong className="font-medium text-ink">{t('events.what_to_do')}</strong> {t(`events.advice.${cause.cause}`)}
        </p>
      ) : null}
    </>
  );
}

function Codes({ texts }: { texts: readonly string[] }) {
  return texts.map((text, at) => (
    // Two that were masked may read alike, and none ever moves.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={at}>
      {at > 0 ? ', ' : null}
      {code(text)}
    </Fragment>
  ));
}

type Redirect = NonNullable<ExplainedDetails['redirect']>;

function RedirectDifferences({ i18n, outcome, redirect }: { i18n: I18n; outcome: string; redirect: Redirect }) {
  const { t } = i18n;
  const expected = t(outcome === 'code_redirect_mismatch' ? 'events.issued_for' : 'events.registered');
  return (
    <>
      <dl className="my-1 grid gap-x-3 rounded-md bg-subtle p-2 sm:grid-cols-[max-content_minmax(0,1fr)]">
        <dt>{t('events.sent')}</dt>
        <dd>{code(redirect.sent)}</dd>
        {redirect.registered === null ? null : (
          <>
            <dt>{expected}</dt>
            <dd>{code(redirect.registered)}</dd>
          </>
        )}
      </dl>
      {redirect.registered === null ? <p>{t('events.none_registered')}</p> : null}
      <ul>
        {redirect.differs.map((difference) => (
          <li key={difference.part} className="text-ink">
            {differenceText(i18n, difference)}
          </li>
        ))}
      </ul>
    </>
  );
}

const PARTS = [
  'space_around',
  'encoded_twice',
  'scheme',
  'userinfo',
  'loopback_name',
  'host_case',
  'host_www',
  'host',
  'port',
  'slash_added',
  'slash_missing',
  'path_case',
  'path_encoding',
  'path_longer',
  'path_shorter',
  'path',
  'query_added',
  'query_missing',
  'query',
  'fragment',
] as const;

function differenceText({ t }: I18n, { part, sent, registered }: Difference): ReactNode {
  const known = PARTS.find((name) => name === part) ?? 'other';
  const nothing = t('events.nothing_there');
  return t.rich(`events.differs.${known}`, { code, sent: sent || nothing, registered: registered || nothing });
}

const TIMED = [
  'code_expired',
  'code_replayed',
  'refresh_too_soon',
  'rate_limited',
  'refresh_revoked',
  'refresh_expired',
  'secret_expired',
  'token_expired',
] as const;

function timeText(i18n: I18n, outcome: string, seconds: number | undefined): string | null {
  const timed = TIMED.find((known) => known === outcome);
  return timed && seconds !== undefined ? i18n.t(`events.time.${timed}`, { time: spanText(i18n, seconds) }) : null;
}

/** A span as people say it: seconds up to two minutes, then in the largest unit of which there are two. */
function spanText({ t }: I18n, seconds: number): string {
  if (seconds < 120) return t('events.span.seconds', { count: seconds });
  if (seconds < 7_200) return t('events.span.minutes', { count: Math.round(seconds / 60) });
  if (seconds < 172_800) return t('events.span.hours', { count: Math.round(seconds / 3_600) });
  return t('events.span.days', { count: Math.round(seconds / 86_400) });
}
