import type { Route } from 'next';
import type { I18n } from '@/lib/i18n/i18n';
import { ButtonLink } from './button';

type PaginationProps = {
  i18n: I18n /** Addresses of the neighbours; null at an end. */;
  newer: Route | null;
  older: Route | null;
};

/** The way through a list that is paged by keyset: towards newer and older entries. */
export function Pagination({ i18n: { t }, newer, older }: PaginationProps) {
  if (!newer && !older) return null;
  return (
    <nav aria-label={t('common.pages')} className="mt-4 flex justify-between gap-2">
      {newer ? <ButtonLink href={newer}>← {t('common.newer')}</ButtonLink> : <span />}
      {older ? <ButtonLink href={older}>{t('common.older')} →</ButtonLink> : <span />}
    </nav>
  );
}
