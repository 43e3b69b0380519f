import type { ReactNode } from 'react';
import { Brand, type BrandMark } from '@/components/shell/brand';
import { LanguageChooser } from '@/components/shell/language-chooser';
import { buttonClass } from '@/components/ui/button';
import type { I18n } from '@/lib/i18n/i18n';

/** What surrounds the guides for those who are not signed in: developers read before they register. */
export function GuideShell({ i18n, brand, children }: { i18n: I18n; brand: BrandMark; children: ReactNode }) {
  const { t } = i18n;
  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-md bg-accent text-sm font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10 focus:px-4 focus:py-2.5"
      >
        {t('shell.skip')}
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-page items-center justify-between gap-2 px-4">
          <a href="/guides" className="inline-flex min-h-11 items-center no-underline">
            <Brand brand={brand} />
          </a>
          <a href="/signin?next=/applications" className={buttonClass('secondary', 'sm')}>
            {t('guides.sign_in')}
          </a>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-page px-4 py-8 outline-none">
        {children}
      </main>
      <footer className="mx-auto max-w-page px-4 pb-8">
        <LanguageChooser i18n={i18n} />
      </footer>
    </>
  );
}
