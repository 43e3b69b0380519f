import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { NextSteps } from '@/components/notices/next-steps';
import { shownAddress } from '@/lib/apps/addresses';
import { describeDevice } from '@/lib/apps/devices';
import { findReportedConnection } from '@/lib/store/connection-notices';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { signOutBrowsers } from '../../../account/activity/actions';
import { uuidOf } from '../../../ids';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('notices.reported.title') };
}

/** After "This wasn't me": what was done, and what to do next. */
export default async function ReportedConnectionPage({ params }: { params: Promise<{ connection: string }> }) {
  const { connection } = await params;
  const user = await requireUser(`/connections/reported/${encodeURIComponent(connection)}`);
  const reported = (await findReportedConnection(user.id, uuidOf(connection))) ?? notFound();
  const i18n = await getI18n();
  return (
    <NextSteps
      i18n={i18n}
      appId={reported.app.id}
      appName={reported.app.name}
      device={describeDevice(reported.userAgent)}
      address={shownAddress(reported.ip, user.tenant.connectionAddresses)}
      connectedAt={reported.connectedAt}
      signOut={signOutBrowsers}
    />
  );
}
