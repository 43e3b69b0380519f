import { Badge } from '@/components/ui/badge';
import { DescriptionList } from '@/components/ui/description-list';
import { Day } from '@/components/ui/time';
import { countText } from '@/lib/apps/counts';
import { type AppFace, type PendingChanges, wantedFace } from '@/lib/apps/verification';
import type { I18n } from '@/lib/i18n/i18n';
import { ScopeLine } from './differences';

type AppFactsProps = {
  i18n: I18n;
  app: {
    face: AppFace;
    pending: PendingChanges;
    proof: 'SECRET_OR_PKCE' | 'SECRET_REQUIRED' | 'PKCE_ONLY';
    about: {
      clientId: string;
      description: string;
      website: string | null;
      termsUrl: string | null;
      privacyUrl: string | null;
      supportEmail: string | null;
      createdBy: { username: string; email: string; verifiedEmail: string | null };
      tenant: { name: string; displayName: string; createdAt: Date };
    };
    users: number;
    connections: number;
  };
};

/** What an app says about itself, for reviewers. Addresses are text: a click would tell their owner who looks. */
export function AppFacts({ i18n, app }: AppFactsProps) {
  const { t } = i18n;
  const { about, face, pending } = app;
  const wanted = wantedFace(face, pending);
  const words = (value: string | null) =>
    value ? <bdi className="break-words whitespace-pre-line">{value}</bdi> : <None i18n={i18n} />;
  const facts = [
    { term: t('review.app.description'), details: words(about.description) },
    {
      term: t('review.app.organisation'),
      details: t.rich('review.app.since', {
        name: () => <bdi>{`${about.tenant.displayName} (${about.tenant.name})`}</bdi>,
        date: () => <Day date={about.tenant.createdAt} i18n={i18n} />,
      }),
    },
    {
      term: t('review.app.creator'),
      details: (
        <bdi className="break-all">
          {t('review.app.mail', {
            username: about.createdBy.username,
            email: about.createdBy.email,
            verified: about.createdBy.verifiedEmail ? 'yes' : 'no',
          })}
        </bdi>
      ),
    },
    { term: t('review.app.domain'), details: words(wanted.publisherDomain) },
    { term: t('review.app.redirects'), details: <Uris i18n={i18n} face={face} wanted={wanted} /> },
    { term: t('review.app.scopes'), details: <Scopes i18n={i18n} wanted={wanted} /> },
    { term: t('review.app.website'), details: words(about.website) },
    { term: t('review.app.privacy'), details: words(about.privacyUrl) },
    { term: t('review.app.terms'), details: words(about.termsUrl) },
    { term: t('review.app.support'), details: words(about.supportEmail) },
    { term: t('review.app.proof'), details: t(`applications.proof.${app.proof}.label`) },
    { term: t('review.app.client_id'), details: <code className="break-all">{about.clientId}</code> },
    { term: t('review.app.users'), details: countText(app.users, i18n.formatLocale) },
    { term: t('review.app.connections'), details: countText(app.connections, i18n.formatLocale) },
  ];
  return (
    <>
      <DescriptionList items={facts} />
      <p className="mt-3 text-sm text-muted">{t('review.app.links_note')}</p>
    </>
  );
}

function None({ i18n: { t } }: { i18n: I18n }) {
  return <span className="text-muted">{t('common.none')}</span>;
}

function Uris({ i18n, face, wanted }: { i18n: I18n; face: AppFace; wanted: AppFace }) {
  if (wanted.redirectUris.length === 0) return <None i18n={i18n} />;
  return (
    <ul className="space-y-1">
      {wanted.redirectUris.map((uri) => (
        <li key={uri} className="break-all">
          <bdi>{uri}</bdi>{' '}
          {face.redirectUris.includes(uri) ? null : <Badge tone="warn">{i18n.t('review.app.waits')}</Badge>}
        </li>
      ))}
    </ul>
  );
}

function Scopes({ i18n, wanted }: { i18n: I18n; wanted: AppFace }) {
  if (wanted.scopes === null) return i18n.t('verification.diff.all_scopes');
  return (
    <ul className="space-y-2">
      {wanted.scopes.map((scope) => (
        <li key={scope.name}>
          <ScopeLine i18n={i18n} scope={scope} gone={false} />
        </li>
      ))}
    </ul>
  );
}
