'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import {
  ANSWER_ITEM,
  type AuthorizationAnswer,
  type Choices,
  challengeOf,
  newState,
  newVerifier,
  PLAYGROUND_CHANNEL,
  readKeptAnswer,
  readWaitingRun,
  resolve,
  type Secrets,
  TELLING_HEADERS,
  WAITING_ITEM,
} from '@/lib/apps/playground';
import type { SnippetRequest } from '@/lib/apps/snippets';

/** What was answered, and how long it took in milliseconds; null: nothing came back. */
export type Exchange = {
  status: number;
  headers: [name: string, value: string][];
  body: string;
  milliseconds: number;
} | null;

/** What the browser makes for one run; `challenge` belongs to the verifier among the secrets. */
export type Run = { state: string; challenge: string };

/** Steps that are requests of ours. */
export type StepName = 'token' | 'api' | 'refresh' | 'info' | 'revoke';

export type Playground = {
  choices: Choices;
  choose: (choices: Choices) => void;
  /** null: scripts have not begun yet, or this browser has no WebCrypto. */
  run: Run | null;
  /** This browser can't make a run here. */
  unable: boolean;
  answer: AuthorizationAnswer | null;
  secrets: Secrets;
  setSecret: (name: keyof Secrets, value: string) => void;
  exchanges: Partial<Record<StepName, Exchange>>;
  /** The step that waits for its answer. */
  busy: StepName | null;
  /** When the next refresh is possible, in milliseconds since the epoch. */
  refreshAt: number | null;
  send: (step: StepName, request: SnippetRequest) => Promise<void>;
  restart: () => void;
  /** Keeps in this tab what is needed to go on here after the consent: no secret. */
  leave: () => void;
};

/** Everything that a run needs is kept in the memory of its tab, and gone with it. */
export function usePlayground(appId: number, issuer: string, first: Choices): Playground {
  const [choices, setChoices] = useState(first);
  const [run, setRun] = useState<Run | null>(null);
  const [unable, setUnable] = useState(false);
  const [answer, setAnswer] = useState<AuthorizationAnswer | null>(null);
  const [secrets, setSecrets] = useState<Secrets>({});
  const [exchanges, setExchanges] = useState<Playground['exchanges']>({});
  const [busy, setBusy] = useState<StepName | null>(null);
  const [refreshAt, setRefreshAt] = useState<number | null>(null);
  // An answer that belongs to an earlier run must not be written into a later one.
  const turn = useRef(0);

  const setSecret = useCallback((name: keyof Secrets, value: string) => {
    setSecrets((before) => ({ ...before, [name]: value }));
  }, []);

  const begin = useCallback(async () => {
    const mine = ++turn.current;
    setAnswer(null);
    setExchanges({});
    setBusy(null);
    setRefreshAt(null);
    const fill = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
    const verifier = newVerifier(fill);
    const challenge = await challengeOf(verifier, (bytes) => crypto.subtle.digest('SHA-256', bytes));
    if (mine !== turn.current) return;
    setSecrets(({ CLIENT_SECRET = '' }) => ({ CLIENT_SECRET, CODE_VERIFIER: verifier }));
    setRun({ state: newState(appId, fill), challenge });
  }, [appId]);

  const take = useCallback(
    (came: AuthorizationAnswer | null, expected: string): boolean => {
      if (!came || came.state !== expected || came.iss !== issuer) return false;
      setAnswer(came);
      if (came.code !== null) setSecret('CODE', came.code);
      return true;
    },
    [issuer, setSecret],
  );

  useEffect(() => {
    // On plain http there is no WebCrypto, but on this very machine.
    if (!globalThis.crypto?.subtle) {
      setUnable(true);
      return;
    }
    const waiting = readWaitingRun(sessionStorage.getItem(WAITING_ITEM));
    const came = readKeptAnswer(sessionStorage.getItem(ANSWER_ITEM));
    sessionStorage.removeItem(WAITING_ITEM);
    sessionStorage.removeItem(ANSWER_ITEM);
    if (!waiting || !take(came, waiting.state)) {
      begin();
      return;
    }
    turn.current += 1;
    setChoices(waiting.choices);
    setRun({ state: waiting.state, challenge: '' });
  }, [begin, take]);

  useEffect(() => {
    if (!run) return;
    const channel = new BroadcastChannel(PLAYGROUND_CHANNEL);
    channel.onmessage = ({ data }) => {
      if (take(readKeptAnswer(data?.answer), run.state)) channel.postMessage({ taken: run.state });
    };
    return () => channel.close();
  }, [run, take]);

  async function send(step: StepName, request: SnippetRequest) {
    const mine = turn.current;
    setBusy(step);
    const exchange = await sent(request, secrets);
    if (mine !== turn.current) return;
    setBusy(null);
    setExchanges((before) => ({ ...before, [step]: exchange }));
    if (step === 'token' || step === 'refresh') {
      for (const [name, value] of tokensOf(exchange)) setSecret(name, value);
    }
    if (step === 'refresh') setRefreshAt(nextRefresh(exchange));
  }

  return {
    choices,
    choose: (chosen) => {
      setChoices(chosen);
      if (!unable) begin();
    },
    run,
    unable,
    answer,
    secrets,
    setSecret,
    exchanges,
    busy,
    refreshAt,
    send,
    restart: begin,
    leave: () => {
      if (run) sessionStorage.setItem(WAITING_ITEM, JSON.stringify({ state: run.state, choices }));
    },
  };
}

/** Sends a request as an app would: no cookies, nothing kept, no redirect. */
async function sent(request: SnippetRequest, secrets: Secrets): Promise<Exchange> {
  const { method, url, headers, body } = resolve(request, secrets);
  const began = performance.now();
  try {
    const answer = await fetch(url, {
      method,
      headers,
      body,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: TELLING_HEADERS.flatMap((name): [string, string][] => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value]];
      }),
      body: text,
      milliseconds: Math.round(performance.now() - began),
    };
  } catch {
    return null;
  }
}

function tokensOf(exchange: Exchange): ['ACCESS_TOKEN' | 'REFRESH_TOKEN', string][] {
  if (exchange?.status !== 200) return [];
  const { access_token, refresh_token } = JSON.parse(exchange.body) as Record<string, unknown>;
  return [
    ...(typeof access_token === 'string' ? [['ACCESS_TOKEN', access_token] as ['ACCESS_TOKEN', string]] : []),
    ...(typeof refresh_token === 'string' ? [['REFRESH_TOKEN', refresh_token] as ['REFRESH_TOKEN', string]] : []),
  ];
}

/** Milliseconds between two refreshes of one token, as documented. */
const REFRESH_INTERVAL = 300_000;

function nextRefresh(exchange: Exchange): number | null {
  if (exchange?.status === 200) return Date.now() + REFRESH_INTERVAL;
  const wait = exchange?.headers.find(([name]) => name === 'retry-after')?.[1];
  return wait === undefined ? null : Date.now() + Number(wait) * 1000;
}
