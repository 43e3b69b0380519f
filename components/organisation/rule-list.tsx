import { RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Choice } from '@/components/ui/field';
import { Day } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';
import { AppFace } from './app-face';

export type ListedRule = {
  id: number;
  name: string;
  iconDigest: string | null;
  publisher: string;
  verified: boolean;
  verdict: 'ALLOWED' | 'BLOCKED';
  note: string;
  decidedAt: Date;
  decidedBy: string | null;
  members: number;
};

type RuleListProps = {
  i18n: I18n;
  rules: readonly ListedRule[];
  /** null: whoever looks may change nothing. */
  remove: ((form: FormData) => Promise<void>) | null;
};

/** Apps that are allowed or blocked by themselves. */
export function RuleList({ i18n, rules, remove }: RuleListProps) {
  const { t } = i18n;
  if (rules.length === 0) return <p className="text-sm text-muted">{t('organisation.policy.rules.none')}</p>;
  const columns = [
    t('organisation.policy.rules.app'),
    t('organisation.policy.rules.verdict'),
    t('organisation.policy.rules.by'),
    t('organisation.policy.rules.members'),
    ...(remove ? [t('common.actions')] : []),
  ];
  return (
    <DataTable caption={t('organisation.policy.rules.caption')} columns={columns}>
      <RowGroup>
        {rules.map((rule) => (
          <Row key={rule.id}>
            <Cell head>
              <AppFace i18n={i18n} app={rule} />
            </Cell>
            <Cell label={t('organisation.policy.rules.verdict')}>
              <Badge tone={rule.verdict === 'ALLOWED' ? 'ok' : 'danger'}>
                {t(`organisation.policy.rules.${rule.verdict}`)}
              </Badge>
              {rule.note === '' ? null : (
                <p className="mt-1 wrap-anywhere text-muted">
                  <bdi>{rule.note}</bdi>
                </p>
              )}
            </Cell>
            <Cell label={t('organisation.policy.rules.by')}>
              <bdi>{rule.decidedBy}</bdi>, <Day date={rule.decidedAt} i18n={i18n} />
            </Cell>
            <Cell label={t('organisation.policy.rules.members')}>{i18n.number(rule.members)}</Cell>
            {remove ? (
              <Cell align="end">
                <RemoveDialog i18n={i18n} rule={rule} remove={remove} />
              </Cell>
            ) : null}
          </Row>
        ))}
      </RowGroup>
    </DataTable>
  );
}

type RemoveProps = { i18n: I18n; rule: ListedRule; remove: (form: FormData) => Promise<void> };

function RemoveDialog({ i18n: { t }, rule: { id, name, verdict, members }, remove }: RemoveProps) {
  return (
    <ConfirmDialog
      id={`remove-${id}`}
      trigger={t('organisation.policy.rules.remove')}
      triggerLabel={t('organisation.policy.rules.remove_of', { name })}
      title={t.rich('organisation.policy.rules.remove_title', { ...RICH, name })}
      action={remove}
      fields={{ app: String(id) }}
      confirm={t('organisation.policy.rules.remove_confirm')}
    >
      <p>{t('organisation.policy.rules.remove_text', { count: members })}</p>
      {verdict === 'ALLOWED' && members > 0 ? (
        <Choice
          type="checkbox"
          id={`end-${id}`}
          name="endConnections"
          label={t('organisation.policy.end')}
          hint={t('organisation.policy.end_hint')}
          defaultChecked
        />
      ) : null}
    </ConfirmDialog>
  );
}
