import type { ReactNode } from 'react';
import type { MessagePart, Messages } from '@/lib/i18n/catalogue';
import type { I18n } from '@/lib/i18n/i18n';
import { I18nProvider } from './provider';

type ClientMessagesProps = { i18n: I18n; messages: Messages; parts: readonly MessagePart[]; children: ReactNode };

/** Sends the named parts of the catalogue to the browser, for the client components below, and no more of it. */
export function ClientMessages({ i18n, messages, parts, children }: ClientMessagesProps) {
  const { locale, formatLocale, timeZone } = i18n;
  return (
    <I18nProvider reader={{ locale, formatLocale, timeZone }} messages={pick(messages, parts)}>
      {children}
    </I18nProvider>
  );
}

type Tree = Readonly<Record<string, unknown>>;

function pick(messages: Messages, parts: readonly MessagePart[]): Partial<Messages> {
  const picked: Record<string, Tree> = {};
  for (const path of parts) {
    const [namespace = '', part] = path.split('.');
    const whole = (messages as Record<string, Tree>)[namespace] ?? {};
    picked[namespace] = part === undefined ? whole : { ...picked[namespace], [part]: whole[part] };
  }
  return picked as Partial<Messages>;
}
