import type { ReactNode } from 'react';
import { LinkTabs } from '@/components/ui/link-tabs';
import { countQueue } from '@/lib/store/review-views';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';

export default async function ReviewListsLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  // Each page asks its own guard; whoever it refuses is not told how much waits.
  if (!user?.platformAdmin) return children;
  const [{ t, number }, waiting] = await Promise.all([getI18n(), countQueue()]);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{t('review.title')}</h1>
      <div className="-mx-3 mb-6 border-b border-line">
        <LinkTabs
          label={t('review.tabs.label')}
          tabs={[
            { href: '/review/open', label: t('review.tabs.open'), ...(waiting > 0 ? { count: number(waiting) } : {}) },
            { href: '/review/decided', label: t('review.tabs.decided') },
            { href: '/review/apps', label: t('review.tabs.apps') },
            { href: '/review/audit', label: t('review.tabs.audit') },
          ]}
        />
      </div>
      {children}
    </>
  );
}
