import { buttonClass } from '@/components/ui/button';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Moment } from '@/components/ui/time';
import type { Role } from '@/lib/apps/roles';
import type { I18n } from '@/lib/i18n/i18n';

export type ListedInvitation = { id: string; email: string | null; role: Role; createdBy: string; expiresAt: Date };

type InvitationListProps = {
  i18n: I18n;
  invitations: readonly ListedInvitation[];
  /** null: whoever looks may change nothing. */
  withdraw: ((form: FormData) => Promise<void>) | null;
};

/** Invitations that nobody has accepted yet. */
export function InvitationList({ i18n, invitations, withdraw }: InvitationListProps) {
  const { t } = i18n;
  if (invitations.length === 0) return <p className="text-sm text-muted">{t('organisation.invite.open_none')}</p>;
  const columns = [
    t('organisation.invite.to'),
    t('organisation.invite.role'),
    t('organisation.invite.by'),
    t('organisation.invite.expires'),
    ...(withdraw ? [t('common.actions')] : []),
  ];
  return (
    <DataTable caption={t('organisation.invite.caption')} columns={columns}>
      <RowGroup>
        {invitations.map(({ id, email, role, createdBy, expiresAt }) => {
          const who = email ?? t('organisation.invite.by_link');
          return (
            <Row key={id}>
              <Cell head>
                <bdi className="wrap-anywhere">{who}</bdi>
              </Cell>
              <Cell label={t('organisation.invite.role')}>{t(`organisation.members.roles.${role}`)}</Cell>
              <Cell label={t('organisation.invite.by')}>
                <bdi>{createdBy}</bdi>
              </Cell>
              <Cell label={t('organisation.invite.expires')}>
                <Moment date={expiresAt} i18n={i18n} />
              </Cell>
              {withdraw ? (
                <Cell align="end">
                  <form action={withdraw}>
                    <input type="hidden" name="invitation" value={id} />
                    <button
                      type="submit"
                      className={buttonClass('secondary', 'sm')}
                      aria-label={t('organisation.invite.withdraw_of', { who })}
                    >
                      {t('organisation.invite.withdraw')}
                    </button>
                  </form>
                </Cell>
              ) : null}
            </Row>
          );
        })}
      </RowGroup>
    </DataTable>
  );
}
