import type { Route } from 'next';
import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { GUIDES, guideAddress } from '@/lib/apps/guide-links';
import { type GuidePage, guideMetadata, loadGuide } from './load';

export const generateMetadata = () => guideMetadata('overview');

/** Where to begin. */
export default async function GuidesPage(page: GuidePage) {
  const { i18n, choice, frame } = await loadGuide('overview', page);
  const { t } = i18n;
  return frame(
    <ul className="mt-6 grid gap-4 sm:grid-cols-2">
      {GUIDES.filter((guide) => guide !== 'overview').map((guide) => (
        <li key={guide}>
          <Link
            href={guideAddress(guide, choice) as Route}
            prefetch={false}
            className="group block h-full no-underline"
          >
            <Card className="h-full p-4 group-hover:border-field md:p-5">
              <h2 className="text-lg font-semibold group-hover:underline">{t(`guides.titles.${guide}`)}</h2>
              <p className="mt-1 text-sm text-muted">{t(`guides.cards.${guide}`)}</p>
            </Card>
          </Link>
        </li>
      ))}
    </ul>,
  );
}
