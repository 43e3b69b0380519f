import { RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import type { RiskSign } from '@/lib/apps/risk';
import type { I18n } from '@/lib/i18n/i18n';

const GRAVE = new Set<RiskSign['sign']>(['look_alike', 'off_domain', 'delete_scopes', 'every_scope', 'suspended']);

/** Signs by name only, for a line of the queue. */
export function RiskBadges({ i18n: { t }, signs }: { i18n: I18n; signs: readonly RiskSign[] }) {
  if (signs.length === 0) return <span className="text-muted">{t('review.risk.none')}</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {signs.map(({ sign }) => (
        <Badge key={sign} tone={GRAVE.has(sign) ? 'danger' : 'warn'}>
          {t(`review.risk.short.${sign}`)}
        </Badge>
      ))}
    </span>
  );
}

/** Signs with what shows them. */
export function RiskList({ i18n, signs }: { i18n: I18n; signs: readonly RiskSign[] }) {
  const { t } = i18n;
  if (signs.length === 0) return <p className="text-sm text-muted">{t('review.risk.none')}</p>;
  return (
    <ul className="space-y-2 text-sm">
      {signs.map((sign) => (
        <li key={sign.sign} className="flex flex-wrap items-start gap-2">
          <Badge tone={GRAVE.has(sign.sign) ? 'danger' : 'warn'}>{t(`review.risk.short.${sign.sign}`)}</Badge>
          <span className="min-w-0 flex-1 basis-52 break-words">{sentenceOf(i18n, sign)}</span>
        </li>
      ))}
    </ul>
  );
}

function sentenceOf({ t, list }: I18n, sign: RiskSign) {
  const detail = detailOf(sign);
  const values = { ...RICH, what: typeof detail === 'object' ? list(detail) : '', count: Number(detail) || 0 };
  return t.rich(`review.risk.long.${sign.sign}`, values);
}

function detailOf(sign: RiskSign): readonly string[] | number {
  switch (sign.sign) {
    case 'look_alike':
    case 'delete_scopes':
      return sign.names;
    case 'off_domain':
      return sign.hosts;
    case 'private_scheme':
      return sign.schemes;
    case 'new_organisation':
      return sign.days;
    case 'rejected_before':
      return sign.times;
    default:
      return 0;
  }
}
