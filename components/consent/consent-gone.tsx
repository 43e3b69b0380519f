import { buttonClass } from '@/components/ui/button';
import type { I18n } from '@/lib/i18n/i18n';

type GoneReason = 'expired' | 'used' | 'not_yours';

/** Stands in place of the grant screen when there is nothing left to decide. */
export function ConsentGone({ i18n: { t }, reason }: { i18n: I18n; reason: GoneReason }) {
  return (
    <div className="text-center">
      <h1 className="text-xl font-semibold tracking-tight">{t(`consent.gone.${reason}.title`)}</h1>
      <p className="mt-2 text-sm text-muted">{t(`consent.gone.${reason}.text`)}</p>
      <p className="mt-6">
        <a href="/connections" className={buttonClass('secondary')}>
          {t('consent.gone.see_connections')}
        </a>
      </p>
    </div>
  );
}
