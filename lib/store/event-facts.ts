import type pg from 'pg';
import type { EventDetails } from '@/lib/oauth/event-details';
import { explainRedirect } from '@/lib/oauth/redirect-difference';
import type { OAuthEventLine } from '@/lib/runtime/runtime';

type Facts = ReadonlyMap<OAuthEventLine, EventDetails>;

/**
 * What explains refusals and nobody needed for the answer: how old a code was, when a token died, what registered secrets
 * end in. Asked when the log is written, so that no answer waits for it, and only of rows of the event's own app.
 */
export async function eventFacts(pool: pg.Pool, lines: readonly OAuthEventLine[]): Promise<Facts> {
  const found = new Map<OAuthEventLine, EventDetails>();
  const add = (line: OAuthEventLine, details: EventDetails) => found.set(line, { ...found.get(line), ...details });
  await addCodeFacts(pool, lines, add);
  await addSecretFacts(pool, lines, add);
  await addTokenFacts(pool, lines, add);
  return found;
}

type Add = (line: OAuthEventLine, details: EventDetails) => void;

const secondsBetween = (from: Date, until: Date) => Math.max(0, Math.round((until.getTime() - from.getTime()) / 1000));

async function addCodeFacts(pool: pg.Pool, lines: readonly OAuthEventLine[], add: Add): Promise<void> {
  const asking = lines.flatMap((line) => (line.lookUp?.codeDigest ? [{ line, digest: line.lookUp.codeDigest }] : []));
  if (asking.length === 0) return;
  const { rows } = await pool.query<{
    digest: Buffer;
    appId: number;
    redirectUri: string;
    issuedAt: Date;
    redeemedAt: Date | null;
  }>(
    `SELECT digest, app_id AS "appId", redirect_uri AS "redirectUri", issued_at AS "issuedAt", redeemed_at AS "redeemedAt"
       FROM authorization_codes WHERE digest = ANY ($1::bytea[])`,
    [asking.map(({ digest }) => digest)],
  );
  for (const { line, digest } of asking) {
    const code = rows.find((row) => row.appId === line.appId && row.digest.equals(digest));
    if (!code) continue;
    const sent = line.lookUp?.redirectUri;
    if (sent !== undefined) add(line, { redirect: explainRedirect(sent, [code.redirectUri]) });
    else add(line, { seconds: secondsBetween(code.redeemedAt ?? code.issuedAt, line.at) });
  }
}

async function addSecretFacts(pool: pg.Pool, lines: readonly OAuthEventLine[], add: Add): Promise<void> {
  const asking = lines.flatMap((line) => (line.lookUp?.secrets ? [{ line, which: line.lookUp.secrets }] : []));
  if (asking.length === 0) return;
  const { rows } = await pool.query<{ id: string; appId: number; lastFour: string; expiresAt: Date | null }>(
    `SELECT id, app_id AS "appId", last_four AS "lastFour", expires_at AS "expiresAt"
       FROM app_secrets WHERE app_id = ANY ($1::int[]) ORDER BY created_at, id`,
    [[...new Set(asking.map(({ line }) => line.appId))]],
  );
  for (const { line, which } of asking) {
    const own = rows.filter(({ appId, id }) => appId === line.appId && (which === 'all' || which.id === id));
    if (own.length > 0) add(line, { secretsEndIn: own.map(({ lastFour }) => lastFour) });
    const over = which === 'all' ? null : own[0]?.expiresAt;
    if (over) add(line, { seconds: secondsBetween(over, line.at) });
  }
}

async function addTokenFacts(pool: pg.Pool, lines: readonly OAuthEventLine[], add: Add): Promise<void> {
  const asking = lines.flatMap((line) =>
    line.lookUp?.deadToken && line.connectionId ? [{ line, connectionId: line.connectionId }] : [],
  );
  if (asking.length === 0) return;
  const { rows } = await pool.query<{ appId: number; connectionId: string; diedAt: Date | null }>(
    `SELECT app_id AS "appId", connection_id AS "connectionId", coalesce(revoked_at, expires_at) AS "diedAt"
       FROM refresh_tokens WHERE connection_id = ANY ($1::uuid[])`,
    [asking.map(({ connectionId }) => connectionId)],
  );
  for (const { line, connectionId } of asking) {
    const token = rows.find((row) => row.appId === line.appId && row.connectionId === connectionId);
    if (token?.diedAt && token.diedAt <= line.at) add(line, { seconds: secondsBetween(token.diedAt, line.at) });
  }
}
