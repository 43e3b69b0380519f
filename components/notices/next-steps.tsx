import type { ReactNode } from 'react';
import { RICH } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { ButtonLink, buttonClass } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/card';
import { Moment } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';

type NextStepsProps = {
  i18n: I18n;
  appId: number;
  appName: string;
  device: string | null;
  address: string | null;
  connectedAt: Date;
  signOut: (form: FormData) => Promise<void>;
};

/** Somebody else may be at the account: what has ended, and how to keep them out. */
export function NextSteps({ i18n, appId, appName, device, address, connectedAt, signOut }: NextStepsProps) {
  const { t } = i18n;
  const where = [device ?? t('common.unknown_device'), address].filter(Boolean).join(' · ');
  return (
    <>
      <PageHeader title={t('notices.reported.title')} />
      <Alert tone="ok" role="status">
        <p>{t.rich('notices.reported.ended', { ...RICH, name: appName })}</p>
        <p className="text-muted">
          {where} · <Moment date={connectedAt} i18n={i18n} />
        </p>
      </Alert>
      <h2 className="mt-6 font-semibold">{t('notices.reported.next')}</h2>
      <Card className="mt-3">
        <ol className="divide-y divide-line text-sm">
          <Step
            title={t('notices.reported.password')}
            text={t('notices.reported.password_text')}
            action={<ButtonLink href="/account">{t('notices.reported.password_link')}</ButtonLink>}
          />
          <Step
            title={t('notices.reported.browsers')}
            text={t('notices.reported.browsers_text')}
            action={
              <form action={signOut}>
                <button type="submit" className={buttonClass()}>
                  {t('activity.sign_out_others')}
                </button>
              </form>
            }
          />
          <Step
            title={t('notices.reported.look')}
            text={t('notices.reported.look_text')}
            action={
              <div className="flex flex-wrap gap-2">
                <ButtonLink href={`/connections/${appId}`}>{t('notices.reported.look_app')}</ButtonLink>
                <ButtonLink href="/account/activity">{t('activity.title')}</ButtonLink>
              </div>
            }
          />
        </ol>
      </Card>
    </>
  );
}

function Step({ title, text, action }: { title: string; text: string; action: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="min-w-48 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-muted">{text}</p>
      </div>
      {action}
    </li>
  );
}
