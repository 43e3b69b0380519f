import type pg from 'pg';
import {
  approveConsent,
  type ConsentAnswer,
  MAX_SILENT_GRANTS_PER_HOUR,
  type StandingGrant,
} from '@/lib/oauth/consent';
import { matchesRegistered } from '@/lib/oauth/redirect-uri';
import { formatScopes, missingScopes, parseScope, type Scope } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import { inTransaction } from './transaction';

/** A code that is to be issued. */
export type NewCode = {
  digest: Buffer;
  userId: string;
  appId: number;
  redirectUri: string;
  scopes: string;
  offlineAccess: boolean;
  /** What the screen said, now or when the consent was given: without it a secret alone makes no refresh token. */
  lasting: boolean;
  /** Asked for by the playground: outside the ten, and no standing consent. */
  playground: boolean;
  codeChallenge: string | null;
  userAgent: string;
  ip: string;
  /** Seconds. */
  lifetime: number;
};

/** What decides whether the user must be asked. */
export type GrantSituation = {
  grant: StandingGrant | null;
  silentGrantsLastHour: number;
  /** Refresh tokens alive, and codes that may still become one; those of the playground hold no place. */
  places: number;
  /** The connection that the next refresh token ends when all places are taken. */
  oldest: { userAgent: string; connectedAt: Date } | null;
};

const LIVE_FAMILY =
  'r.grant_id = g.id AND NOT r.playground AND r.revoked_at IS NULL AND (r.expires_at IS NULL OR r.expires_at > clock_timestamp())';
const RECENT_SILENT = "c.grant_id = g.id AND c.silent AND c.issued_at > clock_timestamp() - interval '1 hour'";
const OPEN_CODE =
  'c.grant_id = g.id AND NOT c.playground AND c.redeemed_at IS NULL AND c.expires_at > clock_timestamp()';

/** What a statement selects `FROM grants g`, for `situationOf`. */
export const SITUATION = `g.id AS "grantId", g.scopes, g.offline_access AS "offlineAccess", g.refused_scopes AS "refusedScopes",
  g.lasting, g.playground, g.revoked_at AS "revokedAt",
  (SELECT count(*)::int FROM authorization_codes c WHERE ${RECENT_SILENT}) AS silent,
  (SELECT count(*)::int FROM refresh_tokens r WHERE ${LIVE_FAMILY}) AS families,
  (SELECT count(*)::int FROM authorization_codes c WHERE ${OPEN_CODE}) AS codes,
  (SELECT json_build_object('userAgent', k.user_agent, 'connectedAt', k.connected_at)
     FROM refresh_tokens r JOIN connections k ON k.id = r.connection_id WHERE ${LIVE_FAMILY}
    ORDER BY r.issued_at, r.id LIMIT 1) AS oldest`;

/** A row that `SITUATION` selected. */
export type SituationRow = GrantRow & {
  silent: number;
  families: number;
  codes: number;
  oldest: { userAgent: string; connectedAt: string } | null;
};

/** @param row undefined when the user has never decided about the app */
export function situationOf(row: SituationRow | undefined): GrantSituation {
  if (!row) return { grant: null, silentGrantsLastHour: 0, places: 0, oldest: null };
  return {
    grant: standingGrant(row),
    silentGrantsLastHour: row.silent,
    places: row.families + row.codes,
    oldest: row.oldest && { userAgent: row.oldest.userAgent, connectedAt: new Date(row.oldest.connectedAt) },
  };
}

/** Reads a user's standing with an app. */
export async function findGrantSituation(userId: string, appId: number): Promise<GrantSituation> {
  const { rows } = await runtime().pool.query<SituationRow>({
    name: 'grant-situation',
    text: `SELECT ${SITUATION} FROM grants g WHERE g.user_id = $1 AND g.app_id = $2`,
    values: [userId, appId],
  });
  return situationOf(rows[0]);
}

/** Why a code could not be issued after all. */
export type IssueRefusal =
  | 'transaction_gone'
  | 'app_gone'
  /** The policy of the user's organisation. */
  | 'not_allowed'
  | 'must_ask'
  | 'nothing_left';

/** What an approval must still match: the transaction that the user saw, taken by the session that saw it. */
export type Decision = { transactionDigest: Buffer; sessionId: string; userId: string };

/**
 * The user's yes: takes the transaction (single use), records the consent and issues the code, or does nothing.
 * Locks the session, the organisation's policy, the app, then the grant's row, as everything does.
 */
export async function approve(decision: Decision, answer: ConsentAnswer, code: NewCode): Promise<IssueRefusal | null> {
  return issue(async (db) => {
    if (!(await sessionLives(db, decision))) return 'transaction_gone';
    const problem = await appProblem(db, code);
    if (problem) return problem;
    const grant = await lockGrant(db, code);
    if (!(await takeTransaction(db, decision))) return 'transaction_gone';
    // What the playground is allowed is not remembered, and what was allowed for good does not count there.
    const approved = approveConsent(code.playground ? null : standingGrant(grant), answer);
    // Every scope was optional and is unticked: a yes to nothing is no yes, and the question stays open.
    if (approved.scopes.length === 0) return 'nothing_left';
    if (code.playground) await noteForPlayground(db, grant.id, approved.scopes);
    else await writeConsent(db, grant.id, approved.grant);
    await insertCode(
      db,
      grant.id,
      { ...code, scopes: formatScopes(approved.scopes), offlineAccess: approved.offlineAccess },
      false,
    );
    return null;
  });
}

async function writeConsent(db: pg.PoolClient, grantId: string, consent: StandingGrant): Promise<void> {
  await db.query(
    `UPDATE grants SET scopes = $2, offline_access = $3, refused_scopes = $4, lasting = $5, revoked_at = NULL, playground = false,
            granted_at = CASE WHEN revoked_at IS NULL AND NOT playground THEN granted_at ELSE db_now() END
      WHERE id = $1`,
    [
      grantId,
      formatScopes(consent.scopes),
      consent.offlineAccess,
      formatScopes(consent.refusedScopes),
      consent.lasting,
    ],
  );
}

/** A standing consent stays as it is; where there is none, the row says that only the playground has been allowed. */
async function noteForPlayground(db: pg.PoolClient, grantId: string, scopes: readonly Scope[]): Promise<void> {
  await db.query(
    `UPDATE grants SET scopes = $2, offline_access = false, refused_scopes = '', lasting = false, revoked_at = NULL, playground = true,
            granted_at = db_now()
      WHERE id = $1 AND (revoked_at IS NOT NULL OR playground)`,
    [grantId, formatScopes(scopes)],
  );
}

/**
 * Issues a code without a screen under a standing consent.
 * @param maxPlaces refresh tokens a user may have with an app: a silent grant never evicts
 * @param decision a transaction that this ends (after sign-in), or null
 */
export async function issueSilently(
  code: NewCode,
  maxPlaces: number,
  decision: { transactionDigest: Buffer } | null,
): Promise<IssueRefusal | null> {
  return issue(async (db) => {
    const problem = await appProblem(db, code);
    if (problem) return problem;
    const { rows } = await db.query<LockedGrant>(
      `SELECT id, scopes, offline_access AS "offlineAccess", refused_scopes AS "refusedScopes", lasting, playground, revoked_at AS "revokedAt"
         FROM grants WHERE user_id = $1 AND app_id = $2 FOR UPDATE`,
      [code.userId, code.appId],
    );
    const grant = rows[0];
    if (!grant || !stillCovers(standingGrant(grant), code)) return 'must_ask';
    // Judged before, and again under the lock: requests that come together must not all be let in.
    const now = await db.query(
      `SELECT (SELECT count(*)::int FROM refresh_tokens r WHERE ${LIVE_FAMILY})
            + (SELECT count(*)::int FROM authorization_codes c WHERE ${OPEN_CODE}) AS taken,
              (SELECT count(*)::int FROM authorization_codes c WHERE ${RECENT_SILENT}) AS silent FROM grants g WHERE g.id = $1`,
      [grant.id],
    );
    if (now.rows[0].silent >= MAX_SILENT_GRANTS_PER_HOUR) return 'must_ask';
    if (now.rows[0].taken >= maxPlaces) return 'must_ask';
    if (decision && !(await closeTransaction(db, decision.transactionDigest))) return 'transaction_gone';
    await insertCode(db, grant.id, code, true);
    return null;
  });
}

/** A refusal undoes everything that the story has written so far. */
async function issue(story: (db: pg.PoolClient) => Promise<IssueRefusal | null>): Promise<IssueRefusal | null> {
  class Refused extends Error {
    constructor(readonly refusal: IssueRefusal) {
      super(refusal);
    }
  }
  try {
    return await inTransaction(async (db) => {
      const refusal = await story(db);
      if (refusal) throw new Refused(refusal);
      return null;
    });
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** Whoever ends the session ends what it has just decided, or comes first. */
async function sessionLives(db: pg.PoolClient, { sessionId, userId }: Decision): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT 1 FROM sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > clock_timestamp() FOR SHARE`,
    [sessionId, userId],
  );
  return rowCount === 1;
}

/**
 * The app may have been suspended, deleted or lost the redirect URI since the screen was rendered, and the organisation's
 * policy may have changed. Locks keep both until the commit, and what they keep is read after them, in a statement that
 * sees what was committed while they were waited for. Whoever changes an app or its redirect URIs holds the app's row
 * (`lockBadgeApp`), for which a share of it has to wait; a key share would let that through (case 21).
 */
async function appProblem(db: pg.PoolClient, code: NewCode): Promise<'app_gone' | 'not_allowed' | null> {
  await db.query('SELECT use_app_policy(tenant_id) FROM users WHERE id = $1', [code.userId]);
  await db.query('SELECT 1 FROM apps WHERE id = $1 FOR SHARE', [code.appId]);
  const { rows } = await db.query<{ problem: string | null; manages: boolean | null; uris: string[] }>(
    `SELECT grant_problem(a.id, $2) AS problem, CASE WHEN $3 THEN manages_app(a.id, $2) END AS manages,
            ARRAY(SELECT r.uri FROM redirect_uris r WHERE r.app_id = a.id) AS uris
       FROM apps a WHERE a.id = $1`,
    [code.appId, code.userId, code.playground],
  );
  const app = rows[0];
  if (app?.problem === 'app_not_allowed') return 'not_allowed';
  if (!app || app.problem !== null) return 'app_gone';
  const stands = code.playground ? app.manages === true : matchesRegistered(code.redirectUri, app.uris);
  return stands ? null : 'app_gone';
}

type GrantRow = {
  lasting: boolean;
  scopes: string;
  offlineAccess: boolean;
  refusedScopes: string;
  playground: boolean;
  revokedAt: Date | null;
};

type LockedGrant = GrantRow & { id: string };

/** The grant's row, made (as an ended one) when this is the first time. */
async function lockGrant(db: pg.PoolClient, code: NewCode): Promise<LockedGrant> {
  await db.query(
    `INSERT INTO grants (user_id, app_id, scopes, revoked_at) VALUES ($1, $2, '', db_now())
     ON CONFLICT (user_id, app_id) DO NOTHING`,
    [code.userId, code.appId],
  );
  const { rows } = await db.query<LockedGrant>(
    `SELECT id, scopes, offline_access AS "offlineAccess", refused_scopes AS "refusedScopes", lasting, playground, revoked_at AS "revokedAt"
       FROM grants WHERE user_id = $1 AND app_id = $2 FOR UPDATE`,
    [code.userId, code.appId],
  );
  return rows[0] as LockedGrant;
}

/** The consent may have ended or shrunk since it was found to be enough. */
function stillCovers(grant: StandingGrant | null, code: NewCode): boolean {
  if (!grant || (code.offlineAccess && !grant.offlineAccess)) return false;
  return missingScopes(grant.scopes, storedScopes(code.scopes)).length === 0;
}

function standingGrant(row: GrantRow): StandingGrant | null {
  if (row.revokedAt !== null || row.playground) return null;
  return {
    scopes: storedScopes(row.scopes),
    lasting: row.lasting,
    offlineAccess: row.offlineAccess,
    refusedScopes: storedScopes(row.refusedScopes),
  };
}

/** Scopes as we wrote them ourselves; none for an empty text. */
export function storedScopes(text: string): Scope[] {
  const parsed = parseScope(text);
  return parsed.ok ? parsed.scopes : [];
}

async function takeTransaction(db: pg.PoolClient, decision: Decision): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE consent_transactions SET decided_at = db_now()
      WHERE digest = $1 AND session_id = $2 AND user_id = $3 AND decided_at IS NULL AND expires_at > clock_timestamp()`,
    [decision.transactionDigest, decision.sessionId, decision.userId],
  );
  return rowCount === 1;
}

async function closeTransaction(db: pg.PoolClient, digest: Buffer): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE consent_transactions SET decided_at = db_now() WHERE digest = $1 AND decided_at IS NULL AND expires_at > clock_timestamp()',
    [digest],
  );
  return rowCount === 1;
}

async function insertCode(db: pg.PoolClient, grantId: string, code: NewCode, silent: boolean): Promise<void> {
  await db.query(
    `INSERT INTO authorization_codes
       (digest, grant_id, app_id, redirect_uri, scopes, offline_access, code_challenge, user_agent, ip, silent, lasting,
        playground, issued_at, expires_at)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now.at, now.at + make_interval(secs => $13) FROM (SELECT db_now() AS at) now`,
    [
      code.digest,
      grantId,
      code.appId,
      code.redirectUri,
      code.scopes,
      code.offlineAccess,
      code.codeChallenge,
      code.userAgent,
      code.ip,
      silent,
      code.lasting,
      code.playground,
      code.lifetime,
    ],
  );
}
