import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Prisma } from '@/generated/prisma/client';
import { isMailKind, type Mail, type MailKind, type Notice } from '@/lib/apps/mails';
import { isMailAddress } from '@/lib/runtime/mail-address';
import { seal, unseal } from '@/lib/runtime/master-key';
import { runtime } from '@/lib/runtime/runtime';

/** Who runs the story: Prisma's transaction, a client in one, or the pool. */
export type MailDb = Pick<Prisma.TransactionClient, '$executeRawUnsafe'> | Pick<pg.ClientBase, 'query'>;

/** Where the queue's library keeps its tables. */
export const QUEUE_SCHEMA = 'gatehouse_mails';
/** What the library calls the work. */
export const QUEUE_TASK = 'mail';

/** The waits between attempts grow to six hours: the last one comes after about a day. */
const MAX_ATTEMPTS = 13;

/** A mail as it waits. */
export type WaitingMail = {
  /** Names the mail for good. */
  id: string;
  kind: MailKind;
  userId: string | null;
  address: string | null;
  language: string | null;
  /** Of one to an address of nobody's: the user who had it sent. */
  causedById: string | null;
  /** Base64 of what it says, under a key of ours: nothing that it says stands readable in the database. */
  sealed: string;
};

const TO_QUEUE = `SELECT ${QUEUE_SCHEMA}.add_job('${QUEUE_TASK}', mail, max_attempts => ${MAX_ATTEMPTS})
  FROM json_array_elements($1::json) AS mail`;

const TO_OUTBOX = `INSERT INTO outbox_mails (mail_id, kind, user_id, address, language, caused_by_id, sealed, created_at)
  SELECT id, kind, "userId", address, language, "causedById", decode(sealed, 'base64'), db_now()
    FROM json_to_recordset($1::json)
      AS m (id uuid, kind text, "userId" uuid, address text, language text, "causedById" uuid, sealed text)`;

/**
 * Queues mails in the caller's transaction, in one statement: they are sent when it commits, and only then. Where mails
 * are not sent, they go to the outbox or nowhere. Nothing here waits for a mail server.
 * @param db the story's own transaction
 */
export async function queueMails(db: MailDb, mails: readonly Mail[]): Promise<void> {
  const { mails: way, metrics } = runtime();
  if (way.kind === 'none' || mails.length === 0) return;
  const sql = way.kind === 'smtp' ? TO_QUEUE : TO_OUTBOX;
  const waiting = JSON.stringify(mails.map(waitingMail));
  if ('query' in db) await db.query(sql, [waiting]);
  else await db.$executeRawUnsafe(sql, waiting);
  for (const { kind } of mails) metrics.mail(kind, 'queued');
}

/** Queues one mail: see queueMails. */
export const queueMail = (db: MailDb, mail: Mail): Promise<void> => queueMails(db, [mail]);

function waitingMail({ kind, to, data }: Mail): WaitingMail {
  const id = randomUUID();
  const [key] = runtime().derivedKeys.mails as [Buffer];
  return {
    id,
    kind,
    userId: 'userId' in to ? to.userId : null,
    address: 'address' in to ? to.address : null,
    language: 'address' in to ? to.language : null,
    causedById: 'address' in to ? to.causedBy : null,
    sealed: seal(key, Buffer.from(JSON.stringify(data)), labelOf(id, kind)).toString('base64'),
  };
}

const labelOf = (id: string, kind: string) => `mail:${kind}:${id}`;

/** What a mail says. @returns null when no key of ours opens it, or nobody knows its kind any more */
export function openMail(id: string, kind: string, sealed: Buffer): Notice | null {
  const plain = isMailKind(kind) && unseal(runtime().derivedKeys.mails, sealed, labelOf(id, kind));
  return plain ? ({ kind, data: JSON.parse(plain.toString()) } as Notice) : null;
}

/** What a mail of the queue says: see openMail. */
export const openWaitingMail = ({ id, kind, sealed }: WaitingMail): Notice | null =>
  openMail(id, kind, Buffer.from(sealed, 'base64'));

/** Where a user of ours reads mails, and how. */
export type MailReaderOnRecord = { address: string; language: string | null; timeZone: string };

/** Null for who is not active, and for an address on record that is none. */
export async function findMailReader(userId: string): Promise<MailReaderOnRecord | null> {
  const { rows } = await runtime().pool.query<MailReaderOnRecord>(
    `SELECT coalesce(u.verified_email, u.email) AS address, u.language, u.timezone AS "timeZone"
       FROM users u JOIN tenants t ON t.id = u.tenant_id
      WHERE u.id = $1 AND u.status = 'ACTIVE' AND t.status = 'ACTIVE'`,
    [userId],
  );
  const reader = rows[0];
  return reader && isMailAddress(reader.address) ? reader : null;
}
