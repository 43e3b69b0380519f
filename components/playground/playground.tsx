'use client';

import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { Button, buttonClass } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { CopyButton, CopyField } from '@/components/ui/copy-field';
import { TextField } from '@/components/ui/field';
import {
  apiRequest,
  authorizeUrl,
  infoRequest,
  introspects,
  type PlaygroundApp,
  type PlaygroundProof,
  refreshRequest,
  revokeRequest,
  tokenRequest,
  usesPkce,
  usesSecret,
} from '@/lib/apps/playground';
import type { SnippetLanguage, SnippetRequest } from '@/lib/apps/snippets';
import { ChoicesForm, type OfferedScope } from './choices';
import { Code } from './code-tabs';
import { type Playground as Running, type StepName, usePlayground } from './run';
import { RequestStep, StepFrame } from './step';
import { TokenView } from './token-view';

type PlaygroundProps = {
  app: PlaygroundApp & { id: number };
  offered: readonly OfferedScope[];
  /** Those that are ticked at first. */
  preset: readonly string[];
  /** At least one. */
  proofs: readonly PlaygroundProof[];
};

/** The app's own flow, step by step, each request as it is sent and answered. */
export function Playground({ app, offered, preset, proofs }: PlaygroundProps) {
  const { t } = useI18n();
  const first = { scopes: preset, offline: false, proof: proofs[0] ?? 'pkce', dialect: 'native' } as const;
  const running = usePlayground(app.id, app.issuer, first);
  const { choices, choose, setSecret, restart } = running;
  const setClientSecret = useCallback((secret: string) => setSecret('CLIENT_SECRET', secret), [setSecret]);
  const [language, setLanguage] = useState<SnippetLanguage>('curl');
  const shared = { app, running, language, setLanguage };
  return (
    <div className="space-y-4">
      <Card className="p-4 md:p-5 noscript:hidden">
        <ChoicesForm choices={choices} choose={choose} offered={offered} proofs={proofs} setSecret={setClientSecret} />
      </Card>
      <ol className="space-y-4">
        <AuthorizeStep app={app} running={running} />
        <TokenStep {...shared} />
        <TokenUse {...shared} name="api" request={apiRequest(app)} number={3} clauses={['6750-2.1']} />
        <RefreshStep {...shared} />
        <TokenUse
          {...shared}
          name="info"
          request={infoRequest(app, choices)}
          number={5}
          clauses={introspects(choices) ? ['7662-2.1'] : []}
        />
        <TokenUse {...shared} name="revoke" request={revokeRequest(app, choices)} number={6} clauses={['7009-2.1']} />
      </ol>
      <div className="noscript:hidden">
        <Button onClick={restart}>{t('playground.restart')}</Button>
      </div>
    </div>
  );
}

type StepProps = {
  app: PlaygroundApp & { id: number };
  running: Running;
  language: SnippetLanguage;
  setLanguage: (language: SnippetLanguage) => void;
};

function AuthorizeStep({ app, running }: Pick<StepProps, 'app' | 'running'>) {
  const { t } = useI18n();
  const { choices, run, answer, leave, secrets } = running;
  const proofs = { state: run?.state ?? 'STATE', challenge: run?.challenge || 'CODE_CHALLENGE' };
  const url = authorizeUrl(app, choices, proofs);
  const ready = run !== null && choices.scopes.length > 0 && answer === null;
  return (
    <StepFrame
      number={1}
      title={t('playground.authorize.title')}
      lead={t('playground.authorize.lead')}
      clauses={['6749-4.1.1', ...(usesPkce(choices) ? ['7636-4.3'] : [])]}
    >
      <div>
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h4 className="text-sm font-medium">{t('playground.authorize.address')}</h4>
          {run ? <CopyButton value={url} label={t('playground.authorize.address')} /> : null}
        </div>
        <div className="mt-1 rounded-md bg-subtle">
          <Code>{`GET ${url.replaceAll(/[?&]/g, (mark) => `\n  ${mark}`)}`}</Code>
        </div>
      </div>
      {run === null && running.unable ? (
        <Alert tone="warn" role="alert">
          {t('playground.no_crypto')}
        </Alert>
      ) : null}
      {choices.scopes.length === 0 ? (
        <Alert tone="warn" role="alert">
          {t('playground.authorize.no_scope')}
        </Alert>
      ) : null}
      {ready ? (
        <div className="space-y-2">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <a href={url} target="_blank" rel="noopener" className={buttonClass('primary')}>
              {t('playground.authorize.open')}
              <span className="sr-only"> {t('common.new_tab')}</span>
            </a>
            <a
              href={url}
              onClick={leave}
              className="inline-flex min-h-11 items-center text-sm text-accent-text underline underline-offset-4 md:min-h-6"
            >
              {t('playground.authorize.here')}
            </a>
          </div>
          <p className="text-sm text-muted">{t('playground.authorize.waits')}</p>
          {usesPkce(choices) && secrets.CODE_VERIFIER ? (
            <details className="text-sm">
              <summary className="min-h-11 cursor-pointer md:min-h-6">{t('playground.authorize.verifier')}</summary>
              <CopyField label={t('playground.authorize.verifier')} value={secrets.CODE_VERIFIER} hideLabel />
            </details>
          ) : null}
        </div>
      ) : null}
      <AuthorizeAnswer running={running} issuer={app.issuer} />
    </StepFrame>
  );
}

function AuthorizeAnswer({ running: { answer }, issuer }: { running: Running; issuer: string }) {
  const { t } = useI18n();
  return (
    <div role="status" className="empty:hidden">
      {answer === null ? null : answer.code === null ? (
        <Alert tone="danger" title={t('playground.authorize.refused', { error: answer.error ?? '' })}>
          <p lang="en">{answer.description}</p>
        </Alert>
      ) : (
        <Alert tone="ok" title={t('playground.authorize.came')}>
          <p>{t('playground.authorize.checked', { issuer })}</p>
        </Alert>
      )}
    </div>
  );
}

/** What must be done before a step, or null. */
function useMissing({ secrets, choices }: Running): (step: StepName) => string | null {
  const { t } = useI18n();
  return (step) => {
    if (step === 'token') {
      if (!secrets.CODE) return t('playground.missing.code');
      if (usesPkce(choices) && !secrets.CODE_VERIFIER) return t('playground.missing.verifier');
    }
    if (step !== 'token' && !secrets.ACCESS_TOKEN) return t('playground.missing.token');
    if ((step === 'refresh' || step === 'revoke') && !secrets.REFRESH_TOKEN) return t('playground.missing.refresh');
    const showsSecret = step === 'token' || step === 'refresh' || (step !== 'api' && choices.dialect === 'rfc');
    if (showsSecret && usesSecret(choices) && !secrets.CLIENT_SECRET) return t('playground.missing.secret');
    return null;
  };
}

/** What all the requests have in common. */
function useStep({ app, running, language, setLanguage }: StepProps, step: StepName, request: SnippetRequest) {
  const missing = useMissing(running);
  return {
    request,
    secrets: running.secrets,
    exchange: running.exchanges[step],
    run: () => running.send(step, request),
    busy: running.busy === step,
    missing: missing(step),
    activity: `/applications/${app.id}/activity`,
    language,
    setLanguage,
  };
}

function TokenStep(props: StepProps) {
  const { t } = useI18n();
  const { app, running } = props;
  const { choices, secrets, setSecret, run } = running;
  const step = useStep(props, 'token', tokenRequest(app, choices));
  // The consent went through this very tab, and the verifier did not stay.
  const verifierLost = run !== null && run.challenge === '' && usesPkce(choices);
  return (
    <RequestStep
      {...step}
      number={2}
      title={t('playground.token.title')}
      lead={t('playground.token.lead')}
      clauses={['6749-4.1.3', ...(usesPkce(choices) ? ['7636-4.5'] : [])]}
      action={t('playground.token.action')}
      before={
        verifierLost ? (
          <TextField
            id="playground-verifier"
            name={undefined}
            type="password"
            autoComplete="off"
            spellCheck={false}
            label="code_verifier"
            hint={t('playground.token.verifier_hint')}
            onChange={({ currentTarget: { value } }) => setSecret('CODE_VERIFIER', value.trim())}
          />
        ) : null
      }
    >
      {secrets.ACCESS_TOKEN ? <TokenView token={secrets.ACCESS_TOKEN} issuer={app.issuer} /> : null}
    </RequestStep>
  );
}

type TokenUseProps = StepProps & {
  name: 'api' | 'info' | 'revoke';
  request: SnippetRequest;
  number: number;
  clauses: readonly string[];
};

function TokenUse({ name, request, number, clauses, ...props }: TokenUseProps) {
  const { t } = useI18n();
  const step = useStep(props, name, request);
  return (
    <RequestStep
      {...step}
      number={number}
      title={t(`playground.${name}.title`)}
      lead={t(`playground.${name}.lead`)}
      clauses={clauses}
      action={t(`playground.${name}.action`)}
    />
  );
}

function RefreshStep(props: StepProps) {
  const { t } = useI18n();
  const { app, running } = props;
  const step = useStep(props, 'refresh', refreshRequest(app, running.choices));
  return (
    <RequestStep
      {...step}
      number={4}
      title={t('playground.refresh.title')}
      lead={t('playground.refresh.lead')}
      clauses={['6749-6']}
      action={t('playground.refresh.action')}
      before={<Wait until={running.refreshAt} />}
    />
  );
}

/** How long until the next refresh, counted down. */
function Wait({ until }: { until: number | null }): ReactNode {
  const { t } = useI18n();
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  if (until === null || now === 0 || now >= until) return null;
  const seconds = Math.ceil((until - now) / 1000);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return <p className="text-sm text-muted">{t('playground.refresh.wait', { time })}</p>;
}
