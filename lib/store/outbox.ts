import type { Notice } from '@/lib/apps/mails';
import { runtime } from '@/lib/runtime/runtime';
import { type MailReaderOnRecord, openMail } from './mails';

/** A mail that would have been sent. */
export type OutboxMail = {
  id: string;
  /** As it is on record now. */
  reader: MailReaderOnRecord;
  at: Date;
  /** Null: sealed under a key that is gone. */
  notice: Notice | null;
};

export const OUTBOX_PER_PAGE = 20;

type Row = MailReaderOnRecord & { place: string; id: string; kind: string; sealed: Buffer; at: Date };

const COLUMNS = `m.id AS place, m.mail_id AS id, m.kind, m.sealed, m.created_at AS at,
  coalesce(m.address, u.verified_email, u.email, '') AS address, coalesce(m.language, u.language) AS language,
  coalesce(u.timezone, 'UTC') AS "timeZone"`;

const opened = ({ id, kind, sealed, at, address, language, timeZone }: Row): OutboxMail => ({
  id,
  reader: { address, language, timeZone },
  at,
  notice: openMail(id, kind, sealed),
});

/** Who reads: one's own mails and those that one had sent to addresses of nobody's, or all. */
export type OutboxReader = { userId: string; all: boolean };

const READABLE = '($1 OR m.user_id = $2 OR m.caused_by_id = $2)';

/**
 * The outbox, newest first.
 * @param before the last one of the page before
 * @returns `older`: the last one of this page, if there are more
 */
export async function listOutbox(
  { userId, all }: OutboxReader,
  before: string | null,
): Promise<{ mails: OutboxMail[]; older: string | null }> {
  const { rows } = await runtime().pool.query<Row>(
    `SELECT ${COLUMNS} FROM outbox_mails m LEFT JOIN users u ON u.id = m.user_id
      WHERE ${READABLE} AND ($3::bigint IS NULL OR m.id < $3) ORDER BY m.id DESC LIMIT ${OUTBOX_PER_PAGE + 1}`,
    [all, userId, before],
  );
  const shown = rows.slice(0, OUTBOX_PER_PAGE);
  return { mails: shown.map(opened), older: rows.length > OUTBOX_PER_PAGE ? (shown.at(-1)?.place ?? null) : null };
}

/** One mail of the outbox, or null. */
export async function findOutboxMail({ userId, all }: OutboxReader, id: string): Promise<OutboxMail | null> {
  const { rows } = await runtime().pool.query<Row>(
    `SELECT ${COLUMNS} FROM outbox_mails m LEFT JOIN users u ON u.id = m.user_id WHERE ${READABLE} AND m.mail_id = $3`,
    [all, userId, id],
  );
  return rows[0] ? opened(rows[0]) : null;
}
