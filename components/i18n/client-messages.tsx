import type { ReactNode } from 'react';
import type { Messages, Namespace } from '@/lib/i18n/catalogue';
import type { I18n } from '@/lib/i18n/i18n';
import { I18nProvider } from './provider';

type ClientMessagesProps = { i18n: I18n; messages: Messages; namespaces: readonly Namespace[]; children: ReactNode };

/** Sends the named parts of the catalogue to the browser, for the client components below. */
export function ClientMessages({ i18n, messages, namespaces, children }: ClientMessagesProps) {
  const { locale, formatLocale, timeZone } = i18n;
  const part = Object.fromEntries(namespaces.map((namespace) => [namespace, messages[namespace]]));
  return (
    <I18nProvider reader={{ locale, formatLocale, timeZone }} messages={part}>
      {children}
    </I18nProvider>
  );
}
