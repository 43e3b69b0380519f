import type { Metadata, Route } from 'next';
import { AppPolicyForm, AppRuleForm } from '@/components/organisation/app-policy-form';
import { RuleList } from '@/components/organisation/rule-list';
import { Panel } from '@/components/ui/card';
import { Flash } from '@/components/ui/flash';
import { Pagination } from '@/components/ui/pagination';
import { findAppPolicy, listRules } from '@/lib/store/app-policy';
import { getI18n } from '@/lib/web/i18n';
import { requireOrganisation } from '@/lib/web/organisation-in-view';
import type { Query } from '../../applications/query';
import { sectionTitle } from '../section-title';
import { removeAppRule, saveAppPolicy, saveAppRule } from './actions';

export const generateMetadata = (): Promise<Metadata> => sectionTitle('organisation.sections.app_policy');

/** Which apps of other organisations people may connect, and decisions about single ones. */
export default async function AppPolicyPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { organisation, mayEdit } = await requireOrganisation('/organisation/app-policy');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const after = placeOf(query.after);
  const [policy, { apps, next }] = await Promise.all([
    findAppPolicy(organisation.id),
    listRules(organisation.id, after),
  ]);
  return (
    <>
      {query.done === 'removed' ? <Flash>{t('organisation.policy.rules.removed')}</Flash> : null}
      <Panel id="policy" title={t('organisation.policy.title')} lead={t('organisation.policy.lead')}>
        {mayEdit ? (
          <AppPolicyForm action={saveAppPolicy} policy={policy} />
        ) : (
          <dl className="text-sm">
            <dt className="font-medium">{t(`organisation.policy.${policy}.label`)}</dt>
            <dd className="text-muted">{t(`organisation.policy.${policy}.hint`)}</dd>
          </dl>
        )}
      </Panel>
      <section aria-labelledby="rules" className="mb-8">
        <h2 id="rules" className="text-lg font-semibold">
          {t('organisation.policy.rules.title')}
        </h2>
        <p className="mt-0.5 mb-3 max-w-form text-sm text-muted">{t('organisation.policy.rules.lead')}</p>
        <RuleList i18n={i18n} rules={apps} remove={mayEdit ? removeAppRule : null} />
        <Pagination
          i18n={i18n}
          newer={after ? '/organisation/app-policy' : null}
          older={
            next && (`/organisation/app-policy?${new URLSearchParams({ after: `${next.id}.${next.key}` })}` as Route)
          }
        />
      </section>
      {mayEdit ? (
        <Panel id="decide" title={t('organisation.policy.add.title')}>
          <AppRuleForm action={saveAppRule} />
        </Panel>
      ) : null}
    </>
  );
}

/** Where a page of the list begins, from its address; anything else is the beginning. */
function placeOf(text: Query[string]): { key: string; id: number } | null {
  const [, id, key] = /^([1-9]\d{0,8})\.([^\0]{1,200})$/su.exec(typeof text === 'string' ? text : '') ?? [];
  return id === undefined || key === undefined ? null : { key, id: Number(id) };
}
