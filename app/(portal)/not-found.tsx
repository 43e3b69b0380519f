import type { Metadata } from 'next';
import { NotFoundMessage } from '@/components/shell/not-found-message';
import { getI18n } from '@/lib/web/i18n';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('errors.not_found.title') };
}

export default async function NotFound() {
  return <NotFoundMessage i18n={await getI18n()} />;
}
