import { RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { buttonClass } from '@/components/ui/button';
import { Timeline, type TimelineTone } from '@/components/ui/timeline';
import type { Activity } from '@/lib/apps/account-activity';
import { describeDevice } from '@/lib/apps/devices';
import type { I18n } from '@/lib/i18n/i18n';

/** With the address as the organisation lets it be seen. */
export type ShownActivity = Activity & { address: string | null };

type FormAction = (form: FormData) => Promise<void>;
type ActivityTimelineProps = { i18n: I18n; now: Date; entries: readonly ShownActivity[]; signOut: FormAction };

const TONES: Partial<Record<Activity['kind'], TimelineTone>> = {
  connected: 'ok',
  ended: 'warn',
  connection_reported: 'danger',
  code_replayed: 'danger',
  refresh_token_stolen: 'danger',
  used_from_two_places: 'warn',
  password_changed: 'warn',
};

/** Sign-ins, connections and how they ended, security events: the newest first. */
export function ActivityTimeline({ i18n, now, entries, signOut }: ActivityTimelineProps) {
  const items = entries.map((entry) => ({
    id: entry.id,
    at: entry.at,
    tone: TONES[entry.kind] ?? 'neutral',
    title: <Title i18n={i18n} entry={entry} />,
    detail: <Detail i18n={i18n} entry={entry} />,
    action: <Action i18n={i18n} entry={entry} signOut={signOut} />,
  }));
  return <Timeline i18n={i18n} now={now} items={items} />;
}

type EntryProps = { i18n: I18n; entry: ShownActivity };

function Title({ i18n: { t }, entry }: EntryProps) {
  const values = { ...RICH, name: entry.appName ?? t('activity.unknown_app'), count: entry.count ?? 0 };
  if (entry.kind === 'ended') return t.rich(`activity.ended.${endOf(entry.reason)}`, values);
  return t.rich(`activity.kind.${entry.kind}`, values);
}

/** Reasons that have words of their own. */
const WITH_WORDS = ['evicted', 'revoked_by_app', 'revoked_by_admin', 'proof_changed'] as const;

function endOf(reason: string | null): (typeof WITH_WORDS)[number] | 'other' {
  return WITH_WORDS.find((known) => known === reason) ?? 'other';
}

function Detail({ i18n: { t }, entry: { userAgent, address, session } }: EntryProps) {
  const where = [userAgent === null ? null : (describeDevice(userAgent) ?? t('common.unknown_device')), address];
  const said = where.filter(Boolean).join(' · ');
  if (said === '' && session === null) return null;
  return (
    <span className="wrap-anywhere">
      {said} {session === 'this' ? <Badge tone="ok">{t('activity.this_browser')}</Badge> : null}
      {session === 'live' ? <Badge>{t('activity.signed_in_still')}</Badge> : null}
    </span>
  );
}

function Action({ i18n: { t }, entry, signOut }: EntryProps & { signOut: FormAction }) {
  if (entry.kind === 'signed_in' && entry.session === 'live')
    return (
      <form action={signOut}>
        <input type="hidden" name="session" value={entry.id.slice(1)} />
        <button type="submit" className={buttonClass('secondary', 'sm')}>
          {t('activity.sign_out')}
        </button>
      </form>
    );
  if (entry.kind === 'connected' && entry.appId !== null)
    return (
      <a href={`/connections/${entry.appId}`} className="text-accent-text underline underline-offset-4">
        {t('activity.see_connection')}
      </a>
    );
  return null;
}
