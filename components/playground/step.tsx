'use client';

import { type ReactNode, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ExternalLink } from '@/components/ui/external-link';
import { masked, neededSecrets, prettyBody, refusalOf, type Secrets, writeValue } from '@/lib/apps/playground';
import type { SnippetLanguage, SnippetRequest, SnippetValue } from '@/lib/apps/snippets';
import { Code, CodeTabs } from './code-tabs';
import type { Exchange } from './run';

type FrameProps = {
  number: number;
  title: string;
  lead: string;
  /** Clauses of RFCs, such as `6749-4.1.3`. */
  clauses: readonly string[];
  children: ReactNode;
};

/** A step in the sequence: what it does, and where that is written. */
export function StepFrame({ number, title, lead, clauses, children }: FrameProps) {
  const i18n = useI18n();
  const id = `step-${number}`;
  return (
    <li>
      <section aria-labelledby={id}>
        <Card className="p-4 md:p-5">
          <h3 id={id} className="font-semibold">
            {i18n.t('playground.numbered', { number, title })}
          </h3>
          <p className="mt-0.5 text-sm text-muted">
            {lead}{' '}
            {clauses.map((clause) => (
              <Clause key={clause} clause={clause} />
            ))}
          </p>
          <div className="mt-4 space-y-4">{children}</div>
        </Card>
      </section>
    </li>
  );
}

function Clause({ clause }: { clause: string }) {
  const i18n = useI18n();
  const [rfc = '', section = ''] = clause.split('-');
  return (
    <span className="mr-2 whitespace-nowrap">
      <ExternalLink i18n={i18n} href={`https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`}>
        RFC {rfc} §{section}
      </ExternalLink>
    </span>
  );
}

type RequestStepProps = Omit<FrameProps, 'children'> & {
  request: SnippetRequest;
  secrets: Secrets;
  exchange: Exchange | undefined;
  run: () => void;
  busy: boolean;
  /** What must come first, if so. */
  missing: string | null;
  /** Label of the button. */
  action: string;
  activity: string;
  language: SnippetLanguage;
  setLanguage: (language: SnippetLanguage) => void;
  /** Stands before the button. */
  before?: ReactNode;
  children?: ReactNode;
};

/** A step that is a request: as it is sent, as it was answered, and as code. */
export function RequestStep({ request, secrets, exchange, children, before, ...rest }: RequestStepProps) {
  const { t } = useI18n();
  const [reveal, setReveal] = useState(false);
  const { number, title, lead, clauses, run, busy, missing, action, activity, language, setLanguage } = rest;
  const hasSecrets = neededSecrets(request).length > 0;
  return (
    <StepFrame number={number} title={title} lead={lead} clauses={clauses}>
      <div>
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h4 className="text-sm font-medium">{t('playground.request')}</h4>
          {hasSecrets ? (
            <Button
              size="sm"
              variant="quiet"
              className="noscript:hidden"
              aria-pressed={reveal}
              aria-label={t('playground.reveal_named', { title })}
              onClick={() => setReveal(!reveal)}
            >
              {t('playground.reveal')}
            </Button>
          ) : null}
        </div>
        <div className="mt-1 rounded-md bg-subtle">
          <Code>{requestText(request, secrets, reveal)}</Code>
        </div>
      </div>
      {before}
      <div className="flex flex-wrap items-center gap-3 noscript:hidden">
        <Button variant="primary" onClick={run} disabled={busy || missing !== null}>
          {busy ? t('playground.sending') : action}
        </Button>
        {missing ? <p className="text-sm text-muted">{missing}</p> : null}
      </div>
      <Answer exchange={exchange} reveal={reveal} activity={activity} />
      {children}
      <CodeTabs request={request} name={title} language={language} setLanguage={setLanguage} />
    </StepFrame>
  );
}

/** The request as it goes over the wire, one field of the form a line. */
function requestText(request: SnippetRequest, secrets: Secrets, reveal: boolean): string {
  const write = (value: SnippetValue, encode: (text: string) => string) =>
    writeValue(typeof value === 'string' ? encode(value) : value, (name) => {
      const known = secrets[name];
      if (!known) return `<${name}>`;
      return reveal ? encode(known) : masked(known);
    });
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${write(value, String)}`);
  if (!request.form) return [`${request.method} ${request.url}`, ...headers].join('\n');
  const fields = request.form.map(
    ([name, value], at) => `${at === 0 ? '' : '&'}${name}=${write(value, encodeURIComponent)}`,
  );
  const type = 'Content-Type: application/x-www-form-urlencoded';
  return [`${request.method} ${request.url}`, ...headers, type, '', ...fields].join('\n');
}

type AnswerProps = { exchange: Exchange | undefined; reveal: boolean; activity: string };

function Answer({ exchange, reveal, activity }: AnswerProps) {
  const { t, number } = useI18n();
  return (
    <div className={exchange === undefined ? 'sr-only' : 'space-y-2'}>
      {exchange ? <h4 className="text-sm font-medium">{t('playground.answer')}</h4> : null}
      <p role="status" className="text-sm empty:hidden">
        {exchange ? (
          <span className={exchange.status < 400 ? 'font-medium text-ok-text' : 'font-medium text-danger-text'}>
            {t('playground.answered', { status: String(exchange.status), time: number(exchange.milliseconds) })}
          </span>
        ) : null}
      </p>
      {exchange === null ? (
        <Alert tone="danger" role="alert">
          {t('playground.no_answer')}
        </Alert>
      ) : null}
      {exchange ? (
        <>
          <Refused exchange={exchange} activity={activity} />
          <div className="rounded-md bg-subtle">
            <Code>
              {`${exchange.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${prettyBody(exchange.body, reveal)}`}
            </Code>
          </div>
        </>
      ) : null}
    </div>
  );
}

function Refused({ exchange, activity }: { exchange: NonNullable<Exchange>; activity: string }) {
  const { t } = useI18n();
  const refusal = refusalOf(exchange);
  if (!refusal) return null;
  const requestId = exchange.headers.find(([name]) => name === 'x-request-id')?.[1];
  const href = requestId ? `${activity}?${new URLSearchParams({ request: requestId })}` : activity;
  return (
    <Alert tone="danger" role="alert" title={t(`playground.refused.${refusal.word}`)}>
      <p lang="en">{refusal.sentence}</p>
      <p>
        <a href={href} target="_blank" rel="noopener" className="text-accent-text underline underline-offset-4">
          {t('playground.activity')}
          <span className="sr-only"> {t('common.new_tab')}</span>
        </a>
      </p>
    </Alert>
  );
}
