import { createTransport } from 'nodemailer';
import { isMailAddress } from '@/lib/runtime/mail-address';
import type { Runtime } from '@/lib/runtime/runtime';
import type { Settings } from '@/lib/runtime/settings';
import { installMailQueue, runMailQueue, type Sender } from '@/lib/store/mail-queue';
import { findMailReader, openWaitingMail, type WaitingMail } from '@/lib/store/mails';
import { type RenderedMail, renderMail } from './render';

type Smtp = NonNullable<Settings['smtp']>;

/** How long the mail server may keep silent, in milliseconds. The whole attempt has a limit besides. */
const CONNECTION_MS = 10_000;
const SILENCE_MS = 30_000;

/** Makes the queue ready for whoever tells something by mail. @throws SettingsError when it can't */
export async function preparePost({ settings, log }: Runtime): Promise<void> {
  if (settings.smtp) await installMailQueue(settings, log);
}

/**
 * Sends what waits in the queue by the SMTP server of the settings, until it is told to stop.
 * @returns what stops it; null where there is no such server
 */
export function startPost(made: Runtime): (() => Promise<void>) | null {
  const { smtp } = made.settings;
  if (!smtp) return null;
  const transport = createTransport({ ...securityOf(smtp.url), url: smtp.url, ...TRANSPORT });
  return runMailQueue(
    made,
    senderBy(made, smtp, (message) => transport.sendMail(message)),
  );
}

const TRANSPORT = {
  connectionTimeout: CONNECTION_MS,
  greetingTimeout: CONNECTION_MS,
  dnsTimeout: CONNECTION_MS,
  socketTimeout: SILENCE_MS,
  disableFileAccess: true,
  disableUrlAccess: true,
};

/** A password goes over a wire that others read only when the URL says so (`?requireTLS=false`). */
function securityOf(url: string): { requireTLS?: boolean } {
  const { protocol, username, hostname } = new URL(url);
  const here = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return protocol === 'smtp:' && username !== '' && !here ? { requireTLS: true } : {};
}

type Message = ReturnType<typeof messageOf> & { signal: AbortSignal };

function senderBy(made: Runtime, smtp: Smtp, post: (message: Message) => Promise<unknown>): Sender {
  const { metrics, log, settings } = made;
  return async (mail, { number, last, signal }) => {
    const opened = openWaitingMail(mail);
    if (!opened) {
      metrics.mail(mail.kind, 'failed');
      log.error({ mail: mail.id, kind: mail.kind }, 'a mail was sealed under a key that is gone');
      return;
    }
    const reader = mail.userId === null ? addressee(mail) : await findMailReader(mail.userId);
    if (!reader) {
      metrics.mail(mail.kind, 'dropped');
      return;
    }
    const rendered = renderMail(opened.kind, opened.data, reader, settings);
    try {
      await post({ ...messageOf(mail, reader.address, rendered, smtp, settings), signal });
    } catch (error) {
      const over = last || isRefusal(error);
      metrics.mail(mail.kind, over ? 'failed' : 'tried');
      const said = { err: error, mail: mail.id, kind: mail.kind, attempt: number };
      if (over) log.error(said, 'a mail could not be sent and is not tried again');
      else log.warn(said, 'a mail could not be sent, it is tried again');
      if (isRefusal(error)) return;
      throw error;
    }
    metrics.mail(mail.kind, 'sent');
  };
}

const addressee = ({ address, language }: WaitingMail) =>
  address !== null && isMailAddress(address) ? { address, language, timeZone: 'UTC' } : null;

/** The server has nothing against us but this recipient, or this mail, for good (RFC 5321 §4.2.1). */
function isRefusal(error: unknown): boolean {
  const { responseCode = 0, command = '' } = error as { responseCode?: number; command?: string };
  return responseCode >= 500 && responseCode < 600 && ['RCPT TO', 'DATA'].includes(command);
}

/**
 * The message as it goes out. Its Message-ID is the same at every attempt, so that a duplicate is recognised. Programs that
 * answer mails by themselves leave it alone (RFC 3834 §5).
 */
function messageOf(
  { id }: WaitingMail,
  address: string,
  { subject, text, html, language }: RenderedMail,
  smtp: Smtp,
  { brandName, publicUrl }: Settings,
) {
  return {
    messageId: `<${id}@${new URL(publicUrl).hostname}>`,
    from: { name: smtp.from.name ?? brandName, address: smtp.from.address },
    to: { name: '', address },
    subject,
    text,
    html,
    xMailer: false as const,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': language,
    },
  };
}
