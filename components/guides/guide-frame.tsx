import type { Route } from 'next';
import type { ReactNode } from 'react';
import { SectionNav } from '@/components/ui/section-nav';
import { GUIDES, type Guide, type GuideChoice, guideAddress } from '@/lib/apps/guide-links';
import type { I18n } from '@/lib/i18n/i18n';

type GuideFrameProps = {
  i18n: I18n;
  guide: Guide;
  choice: GuideChoice;
  /** Further controls below the title. */
  controls?: ReactNode;
  children: ReactNode;
};

/** A guide: the way between all of them, its title and what it says. */
export function GuideFrame({ i18n, guide, choice, controls, children }: GuideFrameProps) {
  const { t } = i18n;
  return (
    <SectionNav
      label={t('guides.nav')}
      sections={GUIDES.map((name) => ({
        href: guideAddress(name, choice) as Route,
        label: t(`guides.names.${name}`),
      }))}
    >
      <article className="min-w-0">
        <h1 className="text-2xl font-semibold tracking-tight">{t(`guides.titles.${guide}`)}</h1>
        <p className="mt-2 max-w-form text-muted">{t(`guides.leads.${guide}`)}</p>
        {controls}
        {children}
      </article>
    </SectionNav>
  );
}
