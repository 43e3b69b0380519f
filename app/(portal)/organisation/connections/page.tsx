import type { Metadata, Route } from 'next';
import { PLAIN_BDI, RICH } from '@/components/i18n/rich';
import { MemberConnections } from '@/components/organisation/member-connections';
import { Button, ButtonLink } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { SelectField, TextField } from '@/components/ui/field';
import { Flash } from '@/components/ui/flash';
import { Pagination } from '@/components/ui/pagination';
import { shownAddress } from '@/lib/apps/addresses';
import type { I18n } from '@/lib/i18n/i18n';
import { listMemberConnections } from '@/lib/store/organisation-connections';
import { getI18n } from '@/lib/web/i18n';
import { requireOrganisation } from '@/lib/web/organisation-in-view';
import { connectionPlaceOf, writePlace } from '../../applications/[id]/places';
import { numberOf, oneOf, type Query, textOf } from '../../applications/query';
import { sectionTitle } from '../section-title';
import { endAppConnections, endConnection } from './actions';

export const generateMetadata = (): Promise<Metadata> => sectionTitle('organisation.sections.connections');

const IDLE_DAYS = ['30', '90', '180'] as const;
const BADGES = ['yes', 'no'] as const;
const BASE = '/organisation/connections';

/** What the filter's form says. */
type Asked = {
  member: string;
  app: string;
  idle: (typeof IDLE_DAYS)[number] | null;
  badge: (typeof BADGES)[number] | null;
};

/** What an organisation's people have connected. */
export default async function OrganisationConnectionsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { organisation, mayEdit } = await requireOrganisation(BASE);
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const asked: Asked = {
    member: textOf(query.member),
    app: textOf(query.app),
    idle: oneOf(query.idle, IDLE_DAYS),
    badge: oneOf(query.badge, BADGES),
  };
  const only = numberOf(query.only);
  const after = connectionPlaceOf(query.after);
  const filter = {
    member: asked.member,
    app: asked.app,
    appId: only,
    idleDays: asked.idle === null ? null : Number(asked.idle),
    verified: asked.badge === null ? null : asked.badge === 'yes',
  };
  const { connections, next } = await listMemberConnections(organisation.id, filter, after);
  const kept = Object.entries({ ...asked, only: only === null ? null : String(only) }).filter(
    (entry): entry is [string, string] => Boolean(entry[1]),
  );
  const address = (extra: [string, string][]) => `${BASE}?${new URLSearchParams([...kept, ...extra])}` as Route;
  const first = only === null ? undefined : connections[0];
  return (
    <section aria-labelledby="connections">
      <Answer i18n={i18n} query={query} />
      <h2 id="connections" className="text-lg font-semibold">
        {t('organisation.sections.connections')}
      </h2>
      <p className="mt-0.5 mb-4 max-w-form text-sm text-muted">
        {t('organisation.connections.lead', {
          addresses: t(`organisation.connections.addresses.${organisation.connectionAddresses}`),
        })}
      </p>
      <FilterForm i18n={i18n} asked={asked} filtered={kept.length > 0} />
      {first && mayEdit ? (
        <div className="mb-4">
          <ConfirmDialog
            id="end-all"
            trigger={
              <span>{t.rich('organisation.connections.end_all', { bdi: PLAIN_BDI, name: first.app.name })}</span>
            }
            title={t.rich('organisation.connections.end_all_title', { ...RICH, name: first.app.name })}
            action={endAppConnections}
            fields={{ app: String(first.app.id) }}
            confirm={t('organisation.connections.end_all_confirm')}
          >
            <p>{t('organisation.connections.end_all_text')}</p>
          </ConfirmDialog>
        </div>
      ) : null}
      {connections.length > 0 ? (
        <MemberConnections
          i18n={i18n}
          now={new Date()}
          connections={connections.map(({ ip, ...connection }) => ({
            ...connection,
            address: shownAddress(ip, organisation.connectionAddresses),
          }))}
          onlyOneApp={only !== null}
          end={mayEdit ? endConnection : null}
        />
      ) : kept.length > 0 ? (
        <EmptyState
          title={t('organisation.connections.nothing')}
          action={<ButtonLink href={BASE}>{t('organisation.connections.all')}</ButtonLink>}
        />
      ) : (
        <EmptyState title={t('organisation.connections.none')}>
          <p>{t('organisation.connections.none_text')}</p>
        </EmptyState>
      )}
      <Pagination
        i18n={i18n}
        newer={after ? address([]) : null}
        older={next && address([['after', writePlace(next)]])}
      />
    </section>
  );
}

function Answer({ i18n: { t }, query }: { i18n: I18n; query: Query }) {
  const done = oneOf(query.done, ['ended', 'ended_all', 'gone']);
  if (!done) return null;
  return (
    <Flash tone={done === 'gone' ? 'info' : 'ok'}>
      {t(`organisation.connections.done.${done}`, { count: numberOf(query.count) ?? 0 })}
    </Flash>
  );
}

function FilterForm({ i18n: { t }, asked, filtered }: { i18n: I18n; asked: Asked; filtered: boolean }) {
  return (
    <search>
      <form action={BASE} className="mb-6 grid items-end gap-4 sm:grid-cols-2 lg:grid-cols-4">
        <TextField
          key={`member ${asked.member}`}
          id="member"
          label={t('organisation.connections.member')}
          placeholder={t('organisation.connections.member_hint')}
          defaultValue={asked.member}
          autoComplete="off"
        />
        <TextField
          key={`app ${asked.app}`}
          id="app"
          label={t('organisation.connections.app')}
          placeholder={t('organisation.connections.app_hint')}
          defaultValue={asked.app}
          autoComplete="off"
        />
        <SelectField
          key={`idle ${asked.idle}`}
          id="idle"
          label={t('organisation.connections.idle')}
          defaultValue={asked.idle ?? ''}
        >
          <option value="">{t('organisation.connections.idle_any')}</option>
          {IDLE_DAYS.map((days) => (
            <option key={days} value={days}>
              {t('organisation.connections.idle_days', { days: Number(days) })}
            </option>
          ))}
        </SelectField>
        <SelectField
          key={`badge ${asked.badge}`}
          id="badge"
          label={t('organisation.connections.verified')}
          defaultValue={asked.badge ?? ''}
        >
          <option value="">{t('organisation.connections.verified_any')}</option>
          <option value="yes">{t('organisation.connections.verified_yes')}</option>
          <option value="no">{t('organisation.connections.verified_no')}</option>
        </SelectField>
        <div className="flex flex-wrap gap-2 sm:col-span-full">
          <Button type="submit" variant="primary">
            {t('organisation.connections.apply')}
          </Button>
          {filtered ? <ButtonLink href={BASE}>{t('organisation.connections.all')}</ButtonLink> : null}
        </div>
      </form>
    </search>
  );
}
