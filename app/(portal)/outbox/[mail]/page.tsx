import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { MailView } from '@/components/outbox/mail-view';
import { renderMail } from '@/lib/mail/render';
import { runtime } from '@/lib/runtime/runtime';
import { findOutboxMail } from '@/lib/store/outbox';
import { getI18n } from '@/lib/web/i18n';
import { requireOutboxReader } from '@/lib/web/outbox';
import { uuidOf } from '../../ids';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('outbox.title') };
}

/** One mail that would have been sent, as programs show it: as HTML, and as text. */
export default async function OutboxMailPage({ params }: { params: Promise<{ mail: string }> }) {
  const id = (await params).mail;
  const who = await requireOutboxReader(`/outbox/${encodeURIComponent(id)}`);
  const [mail, i18n] = await Promise.all([findOutboxMail(who, uuidOf(id)), getI18n()]);
  if (!mail) notFound();
  const { notice, reader, at } = mail;
  return (
    <MailView
      i18n={i18n}
      to={reader.address}
      at={at}
      mail={notice && renderMail(notice.kind, notice.data, reader, runtime().settings)}
      htmlHref={`/outbox/${mail.id}/html`}
    />
  );
}
