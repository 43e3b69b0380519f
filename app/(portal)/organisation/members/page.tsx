import type { Metadata, Route } from 'next';
import { InvitationList } from '@/components/organisation/invitation-list';
import { InviteForm } from '@/components/organisation/invite-form';
import { MemberList } from '@/components/organisation/member-list';
import { ButtonLink } from '@/components/ui/button';
import { Panel } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Flash } from '@/components/ui/flash';
import { Pagination } from '@/components/ui/pagination';
import { SearchField } from '@/components/ui/search-field';
import { INVITATION_DAYS } from '@/lib/apps/members';
import { runtime } from '@/lib/runtime/runtime';
import { listInvitations } from '@/lib/store/invitations';
import { listMembers } from '@/lib/store/members';
import { getI18n } from '@/lib/web/i18n';
import { requireOrganisation } from '@/lib/web/organisation-in-view';
import { oneOf, type Query, textOf } from '../../applications/query';
import { sectionTitle } from '../section-title';
import { changeRole, disableMember, enableMember, invite, withdrawInvite } from './actions';

export const generateMetadata = (): Promise<Metadata> => sectionTitle('organisation.sections.members');

const DONE = ['role', 'role_kept', 'disabled', 'enabled', 'withdrawn'] as const;
const PROBLEMS = ['last_admin', 'changed_meanwhile', 'platform_admin', 'not_admin', 'not_found'] as const;

/** The people of an organisation, and who is invited. */
export default async function MembersPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { user, organisation, mayEdit } = await requireOrganisation('/organisation/members');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const search = textOf(query.q);
  const after = textOf(query.after) || null;
  const [{ members, next }, invitations] = await Promise.all([
    listMembers(organisation.id, { search, after }),
    listInvitations(organisation.id),
  ]);
  const base = '/organisation/members';
  const address = (change: Record<string, string>) =>
    `${base}?${new URLSearchParams({ ...(search ? { q: search } : {}), ...change })}` as Route;
  const [done, problem] = [oneOf(query.done, DONE), oneOf(query.problem, PROBLEMS)];
  const acts = { changeRole, disable: disableMember, enable: enableMember };
  return (
    <>
      {done ? <Flash>{t(`organisation.members.done.${done}`, { username: search })}</Flash> : null}
      {problem ? <Flash tone="danger">{t(`organisation.members.problem.${problem}`)}</Flash> : null}
      <section aria-labelledby="members" className="mb-10">
        <h2 id="members" className="text-lg font-semibold">
          {t('organisation.sections.members')}
        </h2>
        <p className="mt-0.5 mb-3 max-w-form text-sm text-muted">{t('organisation.members.lead')}</p>
        <div className="mb-4">
          <SearchField i18n={i18n} action={base} label={t('organisation.members.search')} value={search} />
        </div>
        {members.length > 0 ? (
          <MemberList
            i18n={i18n}
            now={new Date()}
            members={members}
            knownDays={runtime().settings.retention.endedDays}
            selfId={user.id}
            acts={mayEdit ? acts : null}
          />
        ) : (
          <EmptyState
            title={t('organisation.members.nothing_found', { search })}
            action={<ButtonLink href={base}>{t('organisation.members.show_all')}</ButtonLink>}
          />
        )}
        <Pagination
          i18n={i18n}
          newer={after ? address({}) : null}
          older={next === null ? null : address({ after: next })}
        />
      </section>
      {mayEdit ? (
        <Panel
          id="invite"
          title={t('organisation.invite.title')}
          lead={t('organisation.invite.lead', { days: INVITATION_DAYS })}
        >
          <InviteForm action={invite} mails={runtime().mails.kind !== 'none'} />
        </Panel>
      ) : null}
      <section aria-labelledby="invitations">
        <h2 id="invitations" className="mb-3 text-lg font-semibold">
          {t('organisation.invite.open')}
        </h2>
        <InvitationList i18n={i18n} invitations={invitations} withdraw={mayEdit ? withdrawInvite : null} />
      </section>
    </>
  );
}
