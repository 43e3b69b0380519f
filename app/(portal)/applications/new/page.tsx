import type { Metadata } from 'next';
import { NewAppForm } from '@/components/applications/new-app-form';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Card, PageHeader } from '@/components/ui/card';
import { MESSAGES } from '@/lib/i18n/messages';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { createApplication } from '../actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('applications.create') };
}

export default async function NewApplicationPage() {
  const user = await requireDeveloper('/applications/new');
  const i18n = await getI18n();
  return (
    <div className="max-w-form">
      <PageHeader title={i18n.t('applications.create')} lead={i18n.t('applications.new.lead')} />
      <Card className="p-4 md:p-6">
        <ClientMessages
          i18n={i18n}
          messages={MESSAGES[i18n.locale]}
          parts={['applications.new', 'applications.general']}
        >
          <NewAppForm action={createApplication} organisation={user.tenant.displayName} />
        </ClientMessages>
      </Card>
    </div>
  );
}
