import type { ReactNode } from 'react';
import type { I18n } from '@/lib/i18n/i18n';

type ExternalLinkProps = { i18n: I18n; href: string; children: ReactNode };

/**
 * A link to somebody else's site, in a tab of its own: it learns nothing of the page that it was opened from. Only
 * https leads anywhere; the words stay without a link otherwise.
 */
export function ExternalLink({ i18n: { t }, href, children }: ExternalLinkProps) {
  if (!href.startsWith('https://')) return <>{children}</>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      referrerPolicy="no-referrer"
      className="text-accent-text underline underline-offset-4"
    >
      {children}
      <span className="sr-only"> {t('common.new_tab')}</span>
    </a>
  );
}
