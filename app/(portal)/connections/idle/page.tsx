import type { Metadata } from 'next';
import { IdleForm } from '@/components/connections/idle-form';
import { IdleList } from '@/components/connections/idle-list';
import { ClientMessages } from '@/components/i18n/client-messages';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/card';
import { IDLE_DAYS, idleDaysOf } from '@/lib/apps/idle';
import { MESSAGES } from '@/lib/i18n/messages';
import { listIdleConnections } from '@/lib/store/idle-connections';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { revokeIdle } from '../actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('connections.idle.title') };
}

/** Names what has not been used for a time, and ends it when that is wanted. */
export default async function IdleConnectionsPage({
  searchParams,
}: {
  searchParams: Promise<{ days?: string | string[] }>;
}) {
  const user = await requireUser('/connections/idle');
  const days = idleDaysOf((await searchParams).days) ?? IDLE_DAYS[1];
  const [{ idle, count }, i18n] = await Promise.all([listIdleConnections(user.id, days), getI18n()]);
  const { t } = i18n;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['connections']}>
      <PageHeader title={t('connections.idle.title')} lead={t('connections.idle.lead')}>
        <ButtonLink href="/connections">{t('connections.show_all')}</ButtonLink>
      </PageHeader>
      <nav aria-label={t('connections.idle.choice')} className="mb-4 flex flex-wrap gap-2">
        {IDLE_DAYS.map((choice) => (
          <ButtonLink
            key={choice}
            href={`/connections/idle?days=${choice}`}
            size="sm"
            variant={choice === days ? 'primary' : 'secondary'}
            aria-current={choice === days ? 'page' : undefined}
          >
            {t('connections.idle.days', { days: choice })}
          </ButtonLink>
        ))}
      </nav>
      <Card className="p-4 md:p-5">
        <IdleForm key={days} action={revokeIdle} days={days} count={count}>
          <IdleList i18n={i18n} now={new Date()} idle={idle} count={count} days={days} />
        </IdleForm>
      </Card>
    </ClientMessages>
  );
}
