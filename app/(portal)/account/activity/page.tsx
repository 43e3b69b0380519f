import type { Metadata, Route } from 'next';
import { z } from 'zod';
import { ActivityTimeline } from '@/components/account/activity-timeline';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/card';
import { Pagination } from '@/components/ui/pagination';
import { shownAddress } from '@/lib/apps/addresses';
import { runtime } from '@/lib/runtime/runtime';
import { type ActivityCursor, listAccountActivity } from '@/lib/store/account-activity';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { signOutBrowsers } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('activity.title') };
}

type Props = { searchParams: Promise<{ before?: string | string[] }> };

/** What happened on one's own account. */
export default async function AccountActivityPage({ searchParams }: Props) {
  const user = await requireUser('/account/activity');
  const before = readCursor((await searchParams).before);
  const [{ entries, older }, i18n] = await Promise.all([listAccountActivity(user, before), getI18n()]);
  const { t } = i18n;
  const shown = entries.map(({ ip, ...entry }) => ({
    ...entry,
    address: ip === null ? null : shownAddress(ip, user.tenant.connectionAddresses),
  }));
  return (
    <>
      <PageHeader
        title={t('activity.title')}
        lead={t('activity.lead', { days: runtime().settings.retention.endedDays })}
      >
        <div className="flex flex-wrap gap-2">
          <form action={signOutBrowsers}>
            <Button type="submit">{t('activity.sign_out_others')}</Button>
          </form>
          <ButtonLink href="/account">{t('activity.account')}</ButtonLink>
        </div>
      </PageHeader>
      <Card className="p-4 md:p-5">
        <ActivityTimeline i18n={i18n} now={new Date()} entries={shown} signOut={signOutBrowsers} />
      </Card>
      <Pagination
        i18n={i18n}
        newer={before ? '/account/activity' : null}
        older={older && (`/account/activity?before=${older.at.getTime()}.${older.id}` as Route)}
      />
    </>
  );
}

const cursor = z.tuple([
  z.coerce.number().int().min(0).max(8_640_000_000_000),
  z.string().regex(/^[skea][0-9a-f-]{1,36}$/),
]);

/** Where a page begins; what can't be read is the first one. */
function readCursor(text: string | string[] | undefined): ActivityCursor | null {
  const read = cursor.safeParse(typeof text === 'string' ? text.split('.') : undefined);
  return read.success ? { at: new Date(read.data[0]), id: read.data[1] } : null;
}
