import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { runtime } from '@/lib/runtime/runtime';
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

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body className="bg-canvas font-sans text-base text-ink antialiased">{children}</body>
    </html>
  );
}
