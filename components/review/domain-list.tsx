import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { CopyField } from '@/components/ui/copy-field';
import { Ago, Day } from '@/components/ui/time';
import { challengeOf } from '@/lib/apps/domains';
import type { I18n } from '@/lib/i18n/i18n';
import { ActForm } from './act-form';
import type { ActState } from './act-state';

type Act = (previous: ActState, form: FormData) => Promise<ActState>;
type Domain = { id: number; domain: string; token: string; provenAt: Date | null; checkedAt: Date | null };

type DomainListProps = {
  i18n: I18n;
  now: Date;
  domains: readonly Domain[];
  /** The one that the app names, or wants to. */
  chosen: string | null;
  add: Act;
  check: Act;
  choose: Act;
  remove: (form: FormData) => Promise<void>;
};

/** The organisation's domains, how to prove each, and which one the app names as its publisher. */
export function DomainList({ i18n, now, domains, chosen, add, check, choose, remove }: DomainListProps) {
  const { t } = i18n;
  const proven = domains.filter(({ provenAt }) => provenAt !== null);
  return (
    <div className="space-y-6">
      {domains.length > 0 ? (
        <ul className="divide-y divide-line rounded-md border border-line">
          {domains.map((domain) => (
            <li key={domain.id} className="space-y-3 p-3 text-sm">
              <DomainLine i18n={i18n} now={now} domain={domain} remove={remove} />
              {domain.provenAt ? null : <Challenge i18n={i18n} domain={domain} check={check} />}
            </li>
          ))}
        </ul>
      ) : null}
      {proven.length > 0 ? (
        <ActForm
          action={choose}
          fields={[
            {
              kind: 'select',
              id: 'publisher',
              label: t('verification.domains.choose'),
              hint: t('verification.domains.choose_hint'),
              value: chosen ?? '',
              options: [
                { value: '', label: t('verification.domains.choose_none') },
                ...proven.map(({ domain }) => ({ value: domain, label: domain })),
              ],
            },
          ]}
          buttons={[{ label: t('verification.domains.choose_submit'), pending: t('common.saving') }]}
        />
      ) : null}
      <ActForm
        action={add}
        fields={[
          {
            kind: 'text',
            id: 'domain',
            label: t('verification.domains.add'),
            hint: t('verification.domains.add_hint'),
          },
        ]}
        buttons={[{ label: t('verification.domains.add_submit'), pending: t('verification.domains.adding') }]}
      />
    </div>
  );
}

type LineProps = { i18n: I18n; now: Date; domain: Domain; remove: DomainListProps['remove'] };

function DomainLine({ i18n, now, domain: { id, domain, provenAt, checkedAt }, remove }: LineProps) {
  const { t } = i18n;
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <div className="min-w-0">
        <p className="font-medium break-all">{domain}</p>
        <p className="flex flex-wrap items-center gap-2 text-muted">
          {provenAt ? (
            <Badge tone="ok">
              {t.rich('verification.domains.proven', { date: () => <Day date={provenAt} i18n={i18n} /> })}
            </Badge>
          ) : (
            <Badge tone="warn">{t('verification.domains.unproven')}</Badge>
          )}
          {checkedAt && !provenAt
            ? t.rich('verification.domains.checked', { date: () => <Ago date={checkedAt} now={now} i18n={i18n} /> })
            : null}
        </p>
      </div>
      <ConfirmDialog
        id={`remove-domain-${id}`}
        trigger={t('verification.domains.remove')}
        triggerLabel={t('verification.domains.remove_named', { domain })}
        title={t('verification.domains.remove_question', { domain })}
        action={remove}
        fields={{ domainId: String(id) }}
        confirm={t('verification.domains.remove')}
      >
        <p>{t('verification.domains.remove_text')}</p>
      </ConfirmDialog>
    </div>
  );
}

function Challenge({ i18n: { t }, domain, check }: { i18n: I18n; domain: Domain; check: Act }) {
  const { name, value } = challengeOf(domain.domain, domain.token);
  return (
    <div className="space-y-3">
      <p className="text-muted">{t('verification.domains.record')}</p>
      <CopyField label={t('verification.domains.record_name')} value={name} />
      <CopyField label={t('verification.domains.record_value')} value={value} />
      <ActForm
        action={check}
        hidden={{ domainId: String(domain.id) }}
        buttons={[
          { label: t('verification.domains.check'), pending: t('verification.domains.checking'), variant: 'primary' },
        ]}
      />
    </div>
  );
}
