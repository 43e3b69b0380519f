'use client';

import { useEffect, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { CheckIcon, WarningIcon } from '@/components/ui/icons';
import { checkSignature, decodeJwt, KNOWN_CLAIMS, type SignatureVerdict, timeOf } from '@/lib/apps/jwt';

/** The access token taken apart: header, claims with what they mean, and whether the published keys signed it. */
export function TokenView({ token, issuer }: { token: string; issuer: string }) {
  const { t } = useI18n();
  const jwt = decodeJwt(token);
  if (!jwt) return null;
  return (
    <details open className="rounded-md border border-line p-3">
      <summary className="min-h-11 cursor-pointer text-sm font-medium md:min-h-6">{t('playground.jwt.title')}</summary>
      <Signature token={token} issuer={issuer} />
      <h5 className="mt-3 text-sm font-medium">{t('playground.jwt.header')}</h5>
      <p className="font-mono text-xs wrap-anywhere">{JSON.stringify(jwt.header)}</p>
      <h5 className="mt-3 text-sm font-medium">{t('playground.jwt.claims')}</h5>
      <dl className="mt-1 divide-y divide-line text-sm">
        {Object.entries(jwt.claims).map(([name, value]) => (
          <Claim key={name} name={name} value={value} />
        ))}
      </dl>
    </details>
  );
}

function Claim({ name, value }: { name: string; value: unknown }) {
  const { t, moment } = useI18n();
  const known = KNOWN_CLAIMS.find((claim) => claim === name);
  const time = timeOf(name, value);
  return (
    <div className="grid gap-x-4 py-1.5 md:grid-cols-[6rem_minmax(0,1fr)]">
      <dt className="font-mono text-xs leading-5">{name}</dt>
      <dd className="min-w-0">
        <span className="font-mono text-xs wrap-anywhere">{JSON.stringify(value)}</span>
        {time ? <span className="ml-2">{moment(time)}</span> : null}
        {known ? <span className="block text-muted">{t(`playground.claim.${known}`)}</span> : null}
      </dd>
    </div>
  );
}

function Signature({ token, issuer }: { token: string; issuer: string }) {
  const { t } = useI18n();
  const [verdict, setVerdict] = useState<SignatureVerdict | null>(null);
  useEffect(() => {
    let current = true;
    setVerdict(null);
    verdictOn(token, issuer).then((found) => {
      if (current) setVerdict(found);
    });
    return () => {
      current = false;
    };
  }, [token, issuer]);
  const good = verdict === 'good';
  const Icon = good ? CheckIcon : WarningIcon;
  return (
    <p role="status" className="mt-2 text-sm empty:hidden">
      {verdict ? (
        <span className={good ? 'inline-flex gap-1.5 text-ok-text' : 'inline-flex gap-1.5 text-danger-text'}>
          <Icon className="mt-0.5 size-4 shrink-0" />
          {t(`playground.signature.${verdict}`)}
        </span>
      ) : null}
    </p>
  );
}

async function verdictOn(token: string, issuer: string): Promise<SignatureVerdict> {
  const jwt = decodeJwt(token);
  if (!jwt) return 'bad';
  try {
    const answer = await fetch(`${issuer}/.well-known/jwks.json`, { credentials: 'omit' });
    return await checkSignature(jwt, await answer.json(), crypto.subtle);
  } catch {
    return 'no_key';
  }
}
