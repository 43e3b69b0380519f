import type { Metadata } from 'next';
import { Brand } from '@/components/shell/brand';
import { LanguageChooser } from '@/components/shell/language-chooser';
import { NotFoundMessage } from '@/components/shell/not-found-message';
import { CenteredPage } from '@/components/ui/centered-page';
import { runtime } from '@/lib/runtime/runtime';
import { getI18n } from '@/lib/web/i18n';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('errors.not_found.title') };
}

export default async function NotFound() {
  const i18n = await getI18n();
  return (
    <CenteredPage brand={<Brand brand={runtime().brand} />} below={<LanguageChooser i18n={i18n} />}>
      <NotFoundMessage i18n={i18n} />
    </CenteredPage>
  );
}
