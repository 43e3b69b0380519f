import type { ReactNode } from 'react';
import { RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { CheckIcon, WarningIcon } from '@/components/ui/icons';
import type { I18n } from '@/lib/i18n/i18n';
import { type ScopeDescription, wordsIn } from '@/lib/oauth/scopes';

type Props = { i18n: I18n; scope: ScopeDescription };

/** What a scope allows, in words. */
export function ScopeText({ i18n: { t, locale }, scope, extra }: Props & { extra?: ReactNode }) {
  return (
    <>
      {t.rich(`consent.scope.${scope.access}`, { ...RICH, label: wordsIn(scope.label, locale) })}
      {scope.also ? (
        <span className="text-muted">{t('consent.also', { also: wordsIn(scope.also, locale) })}</span>
      ) : null}
      {scope.access === 'd' ? (
        <>
          {' '}
          <Badge tone="danger">{t('consent.can_delete')}</Badge>
        </>
      ) : null}
      {extra ? <> {extra}</> : null}
    </>
  );
}

/** The same in a list of what an app asks for, where nobody decides about one of them alone. */
export function ScopeItem({ i18n, scope }: Props) {
  return (
    <li className="flex items-start gap-2">
      {scope.access === 'd' ? (
        <WarningIcon className="mt-0.5 size-4 shrink-0 text-danger-text" />
      ) : (
        <CheckIcon className="mt-0.5 size-4 shrink-0 text-muted" />
      )}
      <span>
        <ScopeText i18n={i18n} scope={scope} />
      </span>
    </li>
  );
}
