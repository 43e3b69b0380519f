import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { ErrorTextsProvider } from '@/components/shell/error-texts';
import { runtime } from '@/lib/runtime/runtime';
import { getI18n } from '@/lib/web/i18n';
import './globals.css';

// Every page depends on the session cookie and carries the request's nonce: nothing can be rendered ahead of it.
export const dynamic = 'force-dynamic';

export function generateMetadata(): Metadata {
  const { brandName } = runtime().settings;
  return {
    title: { default: brandName, template: `%s · ${brandName}` },
    robots: { index: false, follow: false },
    formatDetection: { telephone: false, date: false, address: false, email: false },
  };
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const { t, locale } = await getI18n();
  const errors = {
    title: t('errors.crash.title'),
    text: t('errors.crash.text'),
    reference: t('errors.crash.reference'),
    retry: t('errors.crash.retry'),
  };
  return (
    <html lang={locale}>
      <body className="bg-canvas font-sans text-base text-ink antialiased">
        <ErrorTextsProvider texts={errors}>{children}</ErrorTextsProvider>
      </body>
    </html>
  );
}
