import type { Metadata } from 'next';
import { AddressPolicyForm } from '@/components/organisation/address-policy-form';
import { Panel } from '@/components/ui/card';
import { getI18n } from '@/lib/web/i18n';
import { requireOrganisation } from '@/lib/web/organisation-in-view';
import { saveAddressPolicy } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('organisation.title') };
}

/** What an organisation decides for its people. */
export default async function OrganisationPage() {
  const { organisation, mayEdit } = await requireOrganisation('/organisation');
  const { t } = await getI18n();
  const policy = organisation.connectionAddresses;
  return (
    <Panel id="addresses" title={t('organisation.addresses.title')} lead={t('organisation.addresses.lead')}>
      {mayEdit ? (
        <AddressPolicyForm action={saveAddressPolicy} policy={policy} />
      ) : (
        <dl className="text-sm">
          <dt className="font-medium">{t(`organisation.addresses.${policy}.label`)}</dt>
          <dd className="text-muted">{t(`organisation.addresses.${policy}.hint`)}</dd>
        </dl>
      )}
    </Panel>
  );
}
