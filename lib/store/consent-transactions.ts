import type { Dialect } from '@/lib/oauth/errors';
import type { EventDetails } from '@/lib/oauth/event-details';
import { runtime } from '@/lib/runtime/runtime';

/** An authorization request that waits. */
export type ConsentTransaction = {
  browserDigest: Buffer;
  dialect: Dialect;
  clientId: string;
  redirectUri: string;
  scopes: string;
  offlineAccess: boolean;
  state: string | null;
  codeChallenge: string | null;
  promptConsent: boolean;
  /** The reason of a refusal that is answered after sign-in. */
  errorReason: string | null;
  /** What the developer's log will say about it. */
  errorDetails: EventDetails | null;
  sessionId: string | null;
  userId: string | null;
};

/** Seconds that a question waits for an answer. */
export const CONSENT_LIFETIME_SECONDS = 600;

/** Stores a request under the digest of its id. */
export async function createTransaction(digest: Buffer, t: ConsentTransaction): Promise<void> {
  await runtime().pool.query(
    `INSERT INTO consent_transactions
       (digest, browser_digest, dialect, client_id, redirect_uri, scopes, offline_access, state, code_challenge,
        prompt_consent, error_reason, session_id, user_id, created_at, expires_at, error_details)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, db_now(), db_now() + make_interval(secs => $14), $15)`,
    [
      digest,
      t.browserDigest,
      t.dialect,
      t.clientId,
      t.redirectUri,
      t.scopes,
      t.offlineAccess,
      t.state,
      t.codeChallenge,
      t.promptConsent,
      t.errorReason,
      t.sessionId,
      t.userId,
      CONSENT_LIFETIME_SECONDS,
      t.errorDetails,
    ],
  );
}

/** A stored transaction, and what has become of it by the database's clock. */
export type StoredTransaction = ConsentTransaction & { digest: Buffer; expired: boolean; decided: boolean };

const STORED = `digest, browser_digest AS "browserDigest", dialect, client_id AS "clientId", redirect_uri AS "redirectUri", scopes,
  offline_access AS "offlineAccess", state, code_challenge AS "codeChallenge", prompt_consent AS "promptConsent",
  error_reason AS "errorReason", error_details AS "errorDetails", session_id AS "sessionId", user_id AS "userId",
  expires_at <= clock_timestamp() AS expired, decided_at IS NOT NULL AS decided`;

/** The transaction of an id, or null. */
export async function findTransaction(digest: Buffer): Promise<StoredTransaction | null> {
  const { rows } = await runtime().pool.query(`SELECT ${STORED} FROM consent_transactions WHERE digest = $1`, [digest]);
  return rows[0] ?? null;
}

// Waiting, and of nobody or of this session already.
const BINDABLE = `decided_at IS NULL AND expires_at > clock_timestamp()
  AND (session_id IS NULL OR (session_id = $2 AND user_id = $3))`;

/**
 * The transaction of an id as it was, bound by the same statement to the session that looks at it from the browser that
 * began it; null when there is none of that id.
 */
export async function openTransaction(
  digest: Buffer,
  who: { sessionId: string; userId: string; browserDigest: Buffer },
): Promise<(StoredTransaction & { bound: boolean }) | null> {
  const { rows } = await runtime().pool.query(
    `WITH bound AS (
       UPDATE consent_transactions SET session_id = $2, user_id = $3
        WHERE digest = $1 AND browser_digest = $4 AND error_reason IS NULL AND ${BINDABLE} RETURNING digest)
     SELECT ${STORED}, EXISTS (SELECT FROM bound) AS bound FROM consent_transactions WHERE digest = $1`,
    [digest, who.sessionId, who.userId, who.browserDigest],
  );
  return rows[0] ?? null;
}

/** Binds a waiting transaction to the session that will decide it, once. @returns false when it belongs to another */
export async function bindTransaction(digest: Buffer, sessionId: string, userId: string): Promise<boolean> {
  const { rowCount } = await runtime().pool.query(
    `UPDATE consent_transactions SET session_id = $2, user_id = $3 WHERE digest = $1 AND ${BINDABLE}`,
    [digest, sessionId, userId],
  );
  return rowCount === 1;
}

/** Lets another account decide: "not you?". Only for the browser that holds it. */
export async function unbindTransaction(digest: Buffer, browserDigest: Buffer): Promise<void> {
  await runtime().pool.query(
    'UPDATE consent_transactions SET session_id = NULL, user_id = NULL WHERE digest = $1 AND browser_digest = $2 AND decided_at IS NULL',
    [digest, browserDigest],
  );
}

/** Ends a transaction without a code (the user's no, or an error that was told). @returns false when it was over already */
export async function endTransaction(digest: Buffer, sessionId: string, userId: string): Promise<boolean> {
  const { rowCount } = await runtime().pool.query(
    `UPDATE consent_transactions SET decided_at = db_now()
      WHERE digest = $1 AND decided_at IS NULL AND expires_at > clock_timestamp() AND session_id = $2 AND user_id = $3`,
    [digest, sessionId, userId],
  );
  return rowCount === 1;
}

/** Where the answer of a transaction goes; for the `form-action` of its pages. */
export async function findTransactionTarget(digest: Buffer): Promise<string | null> {
  const { rows } = await runtime().pool.query<{ redirectUri: string }>(
    'SELECT redirect_uri AS "redirectUri" FROM consent_transactions WHERE digest = $1',
    [digest],
  );
  return rows[0]?.redirectUri ?? null;
}
