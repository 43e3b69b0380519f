import { notFound } from 'next/navigation';
import { renderMail } from '@/lib/mail/render';
import { runtime } from '@/lib/runtime/runtime';
import { findOutboxMail } from '@/lib/store/outbox';
import { requireOutboxReader } from '@/lib/web/outbox';
import { uuidOf } from '../../../ids';

// The front says that it is shown in a frame of ours, without scripts and without our origin.
const HEADERS = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'private, no-store' };

/** The HTML of a mail of the outbox. Its links open beside the frame. */
export async function GET(_request: Request, { params }: { params: Promise<{ mail: string }> }): Promise<Response> {
  const who = await requireOutboxReader();
  const mail = await findOutboxMail(who, uuidOf((await params).mail));
  if (!mail?.notice) notFound();
  const { html } = renderMail(mail.notice.kind, mail.notice.data, mail.reader, runtime().settings);
  return new Response(html.replace('<head>', '<head>\n<base target="_blank">'), { headers: HEADERS });
}
