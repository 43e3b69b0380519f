import type { Metadata } from 'next';
import { NewAppForm } from '@/components/applications/new-app-form';
import { Card, PageHeader } from '@/components/ui/card';
import { requireDeveloper } from '@/lib/web/guards';
import { createApplication } from '../actions';

export const metadata: Metadata = { title: 'Create new application' };

export default async function NewApplicationPage() {
  const user = await requireDeveloper('/applications/new');
  return (
    <div className="max-w-form">
      <PageHeader title="Create new application" />
      <Card className="p-4 md:p-6">
        <NewAppForm action={createApplication} organisation={user.tenant.displayName} />
      </Card>
    </div>
  );
}
