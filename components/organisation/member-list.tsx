import { RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { SelectField } from '@/components/ui/field';
import { Ago } from '@/components/ui/time';
import { ROLES } from '@/lib/apps/members';
import type { Role } from '@/lib/apps/roles';
import { DAY_MS } from '@/lib/apps/time-zones';
import type { I18n } from '@/lib/i18n/i18n';

/** Somebody of the organisation. */
export type ListedMember = {
  id: string;
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  emailVerified: boolean;
  role: Role;
  active: boolean;
  createdAt: Date;
  lastSeenAt: Date | null;
  apps: number;
};

type Act = (form: FormData) => Promise<void>;
export type MemberActs = { changeRole: Act; disable: Act; enable: Act };

type MemberListProps = {
  i18n: I18n;
  now: Date;
  members: readonly ListedMember[];
  /** Days for which a sign-in is known: without one, an older account may have signed in before. */
  knownDays: number;
  /** Of who looks. */
  selfId: string;
  /** null: whoever looks may change nothing. */
  acts: MemberActs | null;
};

/** The people of an organisation, and what can be done about each. */
export function MemberList({ i18n, now, members, knownDays, selfId, acts }: MemberListProps) {
  const { t } = i18n;
  const columns = [
    t('organisation.members.person'),
    t('organisation.members.role'),
    t('organisation.members.state'),
    t('organisation.members.last_seen'),
    t('organisation.members.apps'),
    ...(acts ? [<span key="acts">{t('common.actions')}</span>] : []),
  ];
  return (
    <DataTable caption={t('organisation.members.caption')} columns={columns}>
      <RowGroup>
        {members.map((member) => (
          <Row key={member.id}>
            <Cell head>
              <PersonNames i18n={i18n} member={member} isSelf={member.id === selfId} />
            </Cell>
            <Cell label={t('organisation.members.role')} className="md:whitespace-nowrap">
              {t(`organisation.members.roles.${member.role}`)}
            </Cell>
            <Cell label={t('organisation.members.state')}>
              {member.active ? (
                <Badge tone="ok">{t('organisation.members.active')}</Badge>
              ) : (
                <Badge tone="danger">{t('organisation.members.disabled')}</Badge>
              )}
            </Cell>
            <Cell label={t('organisation.members.last_seen')}>
              <LastSeen i18n={i18n} now={now} member={member} knownDays={knownDays} />
            </Cell>
            <Cell label={t('organisation.members.apps')}>{i18n.number(member.apps)}</Cell>
            {acts ? (
              <Cell align="end">
                <div className="flex flex-wrap gap-2 md:justify-end">
                  <RoleDialog i18n={i18n} member={member} act={acts.changeRole} />
                  <StateDialog i18n={i18n} member={member} acts={acts} />
                </div>
              </Cell>
            ) : null}
          </Row>
        ))}
      </RowGroup>
    </DataTable>
  );
}

type MemberProps = { i18n: I18n; member: ListedMember };

function LastSeen({ i18n, now, member, knownDays }: MemberProps & { now: Date; knownDays: number }) {
  const { lastSeenAt, createdAt } = member;
  if (lastSeenAt) return <Ago date={lastSeenAt} now={now} i18n={i18n} />;
  const isNew = now.getTime() - createdAt.getTime() < knownDays * DAY_MS;
  return i18n.t(isNew ? 'common.never' : 'organisation.members.not_lately', { days: knownDays });
}

function PersonNames({ i18n: { t }, member, isSelf }: MemberProps & { isSelf: boolean }) {
  const { username, firstName, lastName, email, emailVerified } = member;
  return (
    <>
      <span className="flex flex-wrap items-center gap-2">
        <bdi className="font-semibold">{`${firstName} ${lastName}`.trim() || username}</bdi>
        {isSelf ? <Badge>{t('organisation.members.you')}</Badge> : null}
      </span>
      <p className="wrap-anywhere text-muted">
        <bdi>{username}</bdi> · <bdi>{email}</bdi>
      </p>
      {emailVerified ? null : <p className="text-muted">{t('organisation.members.unverified')}</p>}
    </>
  );
}

function RoleDialog({ i18n: { t }, member, act }: MemberProps & { act: Act }) {
  const { id, username, role } = member;
  return (
    <ConfirmDialog
      id={`role-${id}`}
      trigger={t('organisation.members.change_role')}
      triggerLabel={t('organisation.members.change_role_of', { username })}
      variant="secondary"
      title={t.rich('organisation.members.role_title', { ...RICH, username })}
      action={act}
      fields={{ member: id, from: role }}
      confirm={t('organisation.members.save_role')}
      confirmVariant="primary"
    >
      <SelectField
        key={role}
        id={`role-of-${id}`}
        name="role"
        label={t('organisation.members.role')}
        defaultValue={role}
      >
        {ROLES.map((name) => (
          <option key={name} value={name}>
            {t(`organisation.members.roles.${name}`)}: {t(`organisation.members.role_hints.${name}`)}
          </option>
        ))}
      </SelectField>
      <p className="text-muted">{t('organisation.members.role_text')}</p>
    </ConfirmDialog>
  );
}

function StateDialog({ i18n: { t }, member, acts }: MemberProps & { acts: MemberActs }) {
  const { id, username, active, apps } = member;
  const words = active ? 'disable' : 'enable';
  return (
    <ConfirmDialog
      id={`${words}-${id}`}
      trigger={t(`organisation.members.${words}`)}
      triggerLabel={t(`organisation.members.${words}_of`, { username })}
      variant={active ? 'danger-outline' : 'secondary'}
      title={t.rich(`organisation.members.${words}_title`, { ...RICH, username })}
      action={active ? acts.disable : acts.enable}
      fields={{ member: id }}
      confirm={t(`organisation.members.${words}_confirm`)}
      confirmVariant={active ? 'danger' : 'primary'}
    >
      <p>{t(`organisation.members.${words}_text`, { apps })}</p>
    </ConfirmDialog>
  );
}
