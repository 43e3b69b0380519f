import { buttonClass } from '@/components/ui/button';
import type { I18n } from '@/lib/i18n/i18n';

/** Says that an address leads nowhere, without saying whether it once did. */
export function NotFoundMessage({ i18n: { t } }: { i18n: I18n }) {
  return (
    <div className="py-6 text-center">
      <h1 className="text-xl font-semibold tracking-tight">{t('errors.not_found.title')}</h1>
      <p className="mt-2 text-sm text-muted">{t('errors.not_found.text')}</p>
      <p className="mt-6">
        <a href="/" className={buttonClass('secondary')}>
          {t('errors.not_found.start')}
        </a>
      </p>
    </div>
  );
}
