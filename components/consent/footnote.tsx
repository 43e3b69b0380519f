import type { ReactNode } from 'react';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { ExternalLink } from '@/components/ui/external-link';
import { countText } from '@/lib/apps/counts';
import type { I18n } from '@/lib/i18n/i18n';
import type { ConsentQuestion } from './question';

type FootnoteProps = { i18n: I18n; question: ConsentQuestion; brandName: string; now: Date };

/** What is known of the app beside its name, and where access is taken back. Stands under the card. */
export function ConsentFootnote({ i18n, question: { app }, brandName, now }: FootnoteProps) {
  const { t, ago, formatLocale } = i18n;
  return (
    <div className="space-y-1.5 text-center text-sm text-balance text-muted">
      <Terms i18n={i18n} app={app} />
      <p>
        {t('consent.registered', { ago: ago(app.createdAt, now) })} ·{' '}
        {t('consent.users', { count: app.users, text: countText(app.users, formatLocale), brand: brandName })}
      </p>
      <Contact i18n={i18n} app={app} />
      <p>{t.rich('consent.remove_later', { link: connectionsLink })}</p>
    </div>
  );
}

type AppProps = { i18n: I18n; app: ConsentQuestion['app'] };

function Terms({ i18n, app: { name, termsUrl, privacyUrl } }: AppProps) {
  const said = termsUrl ? (privacyUrl ? 'both' : 'terms') : privacyUrl ? 'privacy' : 'none';
  const link = (href: string | null) => (text: ReactNode) => (
    <ExternalLink i18n={i18n} href={href ?? ''}>
      {text}
    </ExternalLink>
  );
  return (
    <p>
      {i18n.t.rich(`consent.terms.${said}`, { bdi: PLAIN_BDI, name, terms: link(termsUrl), privacy: link(privacyUrl) })}
    </p>
  );
}

function Contact({ i18n, app: { website, supportEmail } }: AppProps) {
  if (!website && !supportEmail) return null;
  const mail = (text: ReactNode) => (
    <a href={`mailto:${supportEmail}`} className="wrap-anywhere text-accent-text underline underline-offset-4">
      {text}
    </a>
  );
  return (
    <p>
      {website ? (
        <ExternalLink i18n={i18n} href={website}>
          {i18n.t('consent.website')}
        </ExternalLink>
      ) : null}
      {website && supportEmail ? ' · ' : null}
      {supportEmail ? i18n.t.rich('consent.support', { mail, address: supportEmail }) : null}
    </p>
  );
}

function connectionsLink(text: ReactNode) {
  return (
    <a href="/connections" className="text-accent-text underline underline-offset-4">
      {text}
    </a>
  );
}
