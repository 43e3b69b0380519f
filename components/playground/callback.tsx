'use client';

import { useEffect, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import {
  ANSWER_ITEM,
  appOfState,
  PLAYGROUND_CHANNEL,
  readAuthorizationAnswer,
  readWaitingRun,
  WAITING_ITEM,
} from '@/lib/apps/playground';

/** Milliseconds after which nobody is expected to take the answer any more; who comes later is heard all the same. */
const PATIENCE = 2_000;

type Outcome = 'handing_over' | 'taken' | 'nobody' | 'foreign' | 'nothing';

/**
 * Reads the answer of the authorization endpoint, takes it out of the address and hands it over: to the tab with the
 * playground, or to the playground in this tab when that is where the consent began.
 */
export function PlaygroundCallback({ issuer }: { issuer: string }) {
  const { t } = useI18n();
  const [outcome, setOutcome] = useState<Outcome>('handing_over');
  const [appId, setAppId] = useState<number | null>(null);
  useEffect(() => {
    const answer = readAuthorizationAnswer(window.location.search);
    // A code in an address is a code in a history.
    window.history.replaceState(null, '', window.location.pathname);
    if (!answer) return setOutcome((before) => (before === 'handing_over' ? 'nothing' : before));
    if (answer.iss !== issuer) return setOutcome('foreign');
    const app = appOfState(answer.state);
    setAppId(app);
    if (app !== null && readWaitingRun(sessionStorage.getItem(WAITING_ITEM))?.state === answer.state) {
      sessionStorage.setItem(ANSWER_ITEM, JSON.stringify(answer));
      window.location.replace(`/applications/${app}/playground`);
      return;
    }
    // It stays open for as long as this page does: a tab that is busy takes the answer later.
    const channel = new BroadcastChannel(PLAYGROUND_CHANNEL);
    channel.onmessage = ({ data }) => {
      if (data?.taken === answer.state) setOutcome('taken');
    };
    channel.postMessage({ answer });
    setTimeout(() => setOutcome((before) => (before === 'handing_over' ? 'nobody' : before)), PATIENCE);
  }, [issuer]);
  return (
    <div className="space-y-3 text-sm">
      <h1 className="text-xl font-semibold">{t('playground.callback.title')}</h1>
      <p role="status">{t(`playground.callback.${outcome}`)}</p>
      {appId !== null && (outcome === 'nobody' || outcome === 'taken') ? (
        <p>
          <a href={`/applications/${appId}/playground`} className="text-accent-text underline underline-offset-4">
            {t('playground.callback.open')}
          </a>
        </p>
      ) : null}
    </div>
  );
}
