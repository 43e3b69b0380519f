import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { ErrorTextsProvider } from '@/components/shell/error-texts';
import { runtime } from '@/lib/runtime/runtime';
import { requestMeta } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import './globals.css';

// Every page depends on the session cookie and carries the request's nonce: nothing can be rendered ahead of it.
export const dynamic = 'force-dynamic';

export function generateMetadata(): Metadata {
  const { name } = runtime().brand;
  return {
    title: { default: name, template: `%s · ${name}` },
    robots: { index: false, follow: false },
    formatDetection: { telephone: false, date: false, address: false, email: false },
  };
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [{ t, locale }, { nonce }] = await Promise.all([getI18n(), requestMeta()]);
  const { style } = runtime().brand;
  const errors = {
    title: t('errors.crash.title'),
    text: t('errors.crash.text'),
    reference: t('errors.crash.reference'),
    retry: t('errors.crash.retry'),
  };
  return (
    <html lang={locale}>
      {style ? (
        <head>
          {/* biome-ignore lint/security/noDangerouslySetInnerHtml: written by ourselves from one checked colour */}
          <style nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: style }} />
        </head>
      ) : null}
      <body className="bg-canvas font-sans text-base text-ink antialiased">
        <ErrorTextsProvider texts={errors}>{children}</ErrorTextsProvider>
      </body>
    </html>
  );
}
