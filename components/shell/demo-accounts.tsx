import { RICH } from '@/components/i18n/rich';
import type { I18n } from '@/lib/i18n/i18n';

const ACCOUNTS = ['ada', 'eve', 'bob', 'root'] as const;

/** The demo accounts and their public password. To be shown only while the demo data is there. */
export function DemoAccounts({ i18n: { t } }: { i18n: I18n }) {
  return (
    <aside aria-labelledby="demo-accounts" className="rounded-lg border border-dashed border-field/60 p-4 text-sm">
      <h2 id="demo-accounts" className="font-medium">
        {t('shell.demo.title')}
      </h2>
      <dl className="mt-2 space-y-0.5">
        {ACCOUNTS.map((username) => (
          <div key={username} className="flex gap-3">
            <dt className="w-12 font-mono">{username}</dt>
            <dd className="text-muted">{t(`shell.demo.${username}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-muted">{t.rich('shell.demo.password', RICH)}</p>
    </aside>
  );
}
