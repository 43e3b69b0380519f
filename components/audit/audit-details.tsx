import { type AuditDetail, auditDetailOf } from '@/lib/apps/audit-details';
import type { I18n } from '@/lib/i18n/i18n';

type Props = { i18n: I18n; details: readonly AuditDetail[] };

/** What an audit event says beyond its kind. What it quotes may be a stranger's words. */
export function AuditDetails({ i18n, details }: Props) {
  return (
    <dl className="grid max-w-md gap-y-0.5">
      {details.map(({ path, label, values }) => (
        <div key={path.join('.')}>
          <dt className="inline text-muted">
            {i18n.t('audit.labelled', { label: label ? i18n.t(label) : labelOf(i18n, path) })}
          </dt>{' '}
          <dd className="inline wrap-anywhere">
            {values.map((value, at) => {
              const text = typeof value === 'string' ? value : i18n.say(value);
              return (
                // Two of a list may be the same.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <bdi key={at} className={values.length > 1 ? 'block' : undefined}>
                  {text}
                </bdi>
              );
            })}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function labelOf({ t }: I18n, path: readonly string[]): string {
  const names = path.map((name) => {
    const known = auditDetailOf(name);
    return known === null ? name : t(`audit.detail.${known}`);
  });
  return names.join(' › ');
}
