import type { ReactNode } from 'react';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { AppIcon } from '@/components/ui/app-icon';
import { Badge } from '@/components/ui/badge';
import { CheckIcon, VerifiedIcon } from '@/components/ui/icons';
import { iconPath } from '@/lib/apps/icons';
import type { I18n } from '@/lib/i18n/i18n';

type Asking = {
  name: string;
  publisher: string;
  publisherDomain: string | null;
  verified: boolean;
  iconDigest: string | null;
};

type Props = {
  i18n: I18n;
  app: Asking;
  brandName: string;
  /** What the screen is about. */
  title: ReactNode;
  /** Stands where an app without the badge would have it. */
  unverified?: ReactNode;
  children?: ReactNode;
};

/** Which app asks, and who answers for it. */
export function AppHeading({ i18n: { t }, app, brandName, title, unverified = null, children }: Props) {
  return (
    <div className="text-center">
      <div className="flex justify-center">
        <AppIcon name={app.name} src={iconPath(app.iconDigest)} size="lg" />
      </div>
      <h1 className="mt-3 text-xl font-semibold tracking-tight text-balance">{title}</h1>
      <p className="mt-1.5 flex flex-wrap items-center justify-center gap-2 text-sm text-muted">
        <span>{t.rich('consent.by', { bdi: PLAIN_BDI, publisher: app.publisher })}</span>
        {app.verified ? (
          <Badge tone="ok">
            <VerifiedIcon className="size-3.5" />
            {t('consent.verified', { brand: brandName })}
          </Badge>
        ) : (
          unverified
        )}
      </p>
      {app.publisherDomain ? (
        <p className="mt-1.5 inline-flex items-center gap-1 text-sm text-muted" title={t('consent.domain_title')}>
          <CheckIcon className="size-3.5 shrink-0 text-ok-text" />
          <span>{t.rich('consent.domain', { bdi: PLAIN_BDI, domain: app.publisherDomain })}</span>
        </p>
      ) : null}
      {children}
    </div>
  );
}
