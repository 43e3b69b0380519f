import { PLAIN_BDI } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { CheckIcon, WarningIcon } from '@/components/ui/icons';
import type { I18n } from '@/lib/i18n/i18n';
import { type ConsentQuestion, type ConsentScope, DECISION_FORM } from './question';
import { ScopeText } from './scope-text';

type Asked = Pick<ConsentQuestion, 'scopes' | 'newOnly' | 'offline'> & { app: { name: string } };
type AccessListProps = { i18n: I18n; question: Asked };

/** What is asked for: a line a scope, with a box where the user may say no to it alone, and for how long. */
export function AccessList({ i18n, question }: AccessListProps) {
  const { t } = i18n;
  const { app, scopes, newOnly, offline } = question;
  return (
    <div>
      <h2 className="font-semibold">
        {t.rich(newOnly ? 'consent.allows_more' : 'consent.allows', { bdi: PLAIN_BDI, name: app.name })}
      </h2>
      <ul className="mt-2 divide-y divide-line rounded-md border border-line">
        {scopes.map((scope) => (
          <li key={scope.scope}>
            {scope.optional ? <OptionalLine i18n={i18n} scope={scope} /> : <RequiredLine i18n={i18n} scope={scope} />}
          </li>
        ))}
      </ul>
      {scopes.some(({ optional }) => optional) ? <p className="mt-2 text-muted">{t('consent.optional_hint')}</p> : null}
      {newOnly ? <p className="mt-2 text-muted">{t('consent.allowed_before')}</p> : null}
      <p className="mt-3">{t(`consent.offline.${offline}`)}</p>
    </div>
  );
}

type LineProps = { i18n: I18n; scope: ConsentScope };

function RequiredLine({ i18n, scope }: LineProps) {
  return (
    <div className="flex items-start gap-2.5 px-3 py-2.5">
      {scope.access === 'd' ? (
        <WarningIcon className="mt-0.5 size-4 shrink-0 text-danger-text" />
      ) : (
        <CheckIcon className="mt-0.5 size-4 shrink-0 text-ok-text" />
      )}
      <span className="min-w-0 flex-1">
        <ScopeText i18n={i18n} scope={scope} />
        <Purpose i18n={i18n} purpose={scope.purpose} />
      </span>
    </div>
  );
}

function OptionalLine({ i18n, scope }: LineProps) {
  const id = `scope-${scope.scope}`;
  return (
    <label htmlFor={id} className="flex min-h-11 cursor-pointer items-start gap-2.5 px-3 py-2.5 hover:bg-subtle">
      <input
        id={id}
        type="checkbox"
        name="scope"
        value={scope.scope}
        form={DECISION_FORM}
        defaultChecked={scope.ticked}
        className="mt-0.5 size-4 shrink-0"
      />
      <span className="min-w-0 flex-1">
        <ScopeText i18n={i18n} scope={scope} extra={<Badge>{i18n.t('consent.optional')}</Badge>} />
        <Purpose i18n={i18n} purpose={scope.purpose} />
      </span>
    </label>
  );
}

function Purpose({ i18n: { t }, purpose }: { i18n: I18n; purpose: string }) {
  if (purpose === '') return null;
  return (
    <span className="mt-0.5 block wrap-anywhere text-muted">
      {t.rich('consent.purpose', { bdi: PLAIN_BDI, purpose })}
    </span>
  );
}
