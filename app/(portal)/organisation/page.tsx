import type { Metadata } from 'next';
import { ClientMessages } from '@/components/i18n/client-messages';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { AddressPolicyForm } from '@/components/organisation/address-policy-form';
import { PageHeader, Section } from '@/components/ui/card';
import { MESSAGES } from '@/lib/i18n/messages';
import { requireAdmin } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { saveAddressPolicy } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('organisation.title') };
}

/** What an organisation decides for its people, a section for each subject. */
export default async function OrganisationPage() {
  const user = await requireAdmin('/organisation');
  const i18n = await getI18n();
  const { t } = i18n;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['organisation']}>
      <PageHeader
        title={t('organisation.title')}
        lead={t.rich('organisation.lead', { bdi: PLAIN_BDI, name: user.tenant.displayName })}
      />
      <div className="divide-y divide-line">
        <Section id="addresses" title={t('organisation.addresses.title')} lead={t('organisation.addresses.lead')}>
          <AddressPolicyForm action={saveAddressPolicy} policy={user.tenant.connectionAddresses} />
        </Section>
      </div>
    </ClientMessages>
  );
}
