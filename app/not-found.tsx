import type { Metadata } from 'next';
import { Brand } from '@/components/shell/brand';
import { NotFoundMessage } from '@/components/shell/not-found-message';
import { CenteredPage } from '@/components/ui/centered-page';
import { runtime } from '@/lib/runtime/runtime';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFound() {
  return (
    <CenteredPage brand={<Brand name={runtime().settings.brandName} />}>
      <NotFoundMessage />
    </CenteredPage>
  );
}
