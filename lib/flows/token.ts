import { randomBytes, randomUUID } from 'node:crypto';
import { ACCESS_LIFETIME_SECONDS, accessTokenHeader, buildAccessToken, signingInput } from '@/lib/oauth/access-token';
import { codeDigest, MAX_CODE_FAILURES } from '@/lib/oauth/authorization-code';
import { type Client, withinDeclared } from '@/lib/oauth/client';
import { type Dialect, isOAuthError, OAuthError, type Reason } from '@/lib/oauth/errors';
import { parseTokenRequest, type TokenRequest } from '@/lib/oauth/params';
import { s256 } from '@/lib/oauth/pkce';
import {
  keyDigest,
  MAX_REFRESH_TOKENS,
  newTokenKey,
  REFRESH_INTERVAL_SECONDS,
  REFRESH_LIFETIME_SECONDS,
  signRefreshToken,
  successorKey,
  verifyRefreshToken,
} from '@/lib/oauth/refresh-token';
import { formatScopes } from '@/lib/oauth/scopes';
import { tokenResponse } from '@/lib/oauth/wire';
import { runtime } from '@/lib/runtime/runtime';
import type { Signer } from '@/lib/runtime/signing-keys';
import { storedScopes } from '@/lib/store/grants';
import { countCodeFailure, type Granted, type RefreshOutcome, redeemCode, refreshAccess } from '@/lib/store/tokens';
import { type AuthenticatedClient, authenticate, countRefusal } from './authenticate';
import type { MachineAnswer, MachineRequest } from './http';

type CodeGrant = Extract<TokenRequest, { grantType: 'authorization_code' }>;
type RefreshGrant = Extract<TokenRequest, { grantType: 'refresh_token' }>;

/** The token endpoint (RFC 6749 §3.2), for both dialects. */
export async function token(request: MachineRequest, dialect: Dialect): Promise<MachineAnswer> {
  const asked = parseTokenRequest(request);
  const { metrics } = runtime();
  try {
    const answer = await (asked.grantType === 'authorization_code'
      ? redeem(asked, request, dialect)
      : refresh(asked, request, dialect));
    metrics.grant(asked.grantType, 'ok');
    return answer;
  } catch (error) {
    metrics.grant(asked.grantType, isOAuthError(error) ? error.reason : 'internal');
    throw error;
  }
}

/** The order is the security: client, then everything the code is bound to, single use last; a refusal burns nothing. */
async function redeem(asked: CodeGrant, request: MachineRequest, dialect: Dialect): Promise<MachineAnswer> {
  const { derivedKeys, settings } = runtime();
  const digest = codeDigest(asked.code);
  const { client, secretId } = await authenticate(asked.client, request, async (known, reason) => {
    await countCodeFailure(digest);
    await refused(known, request, 'token', reason, null);
  });

  const key = newTokenKey(randomBytes);
  const { signer } = runtime().signingKeys;
  const answer = await redeemCode({
    codeDigest: digest,
    appId: client.id,
    redirectUri: asked.redirectUri ?? null,
    challenge: asked.codeVerifier === undefined ? null : s256(asked.codeVerifier),
    secretShown: secretId !== null,
    connectionId: randomUUID(),
    refreshDigest: keyDigest(key),
    refreshLifetime: client.neverExpires ? null : REFRESH_LIFETIME_SECONDS,
    maxRefreshTokens: MAX_REFRESH_TOKENS,
    maxCodeFailures: MAX_CODE_FAILURES,
    scopeNames: declaredNames(client),
  });
  if (answer.outcome !== 'ok') {
    await refused(client, request, 'token', answer.outcome, answer);
    throw new OAuthError(answer.outcome, { usedBasic: asked.client.viaBasic });
  }

  succeeded(client, request, 'token', answer);
  const { mails, newConnections } = runtime();
  if (mails.kind !== 'none') newConnections.add(answer.connectionId);
  const refreshToken = answer.refreshIssued
    ? signRefreshToken(
        { key, issuer: settings.publicUrl, expiresAt: answer.refreshExpiresAt },
        derivedKeys.refresh[0] as Buffer,
      )
    : null;
  return answerTokens(dialect, client, answer, { jti: randomUUID(), signer }, refreshToken, answer.refreshExpiresAt);
}

async function refresh(asked: RefreshGrant, request: MachineRequest, dialect: Dialect): Promise<MachineAnswer> {
  const { derivedKeys, settings, signingKeys } = runtime();
  const { client, secretId } = await authenticate(asked.client, request, (known, reason) =>
    refused(known, request, 'refresh', reason, null),
  );
  const shown = verifyRefreshToken(asked.refreshToken, { keys: derivedKeys.refresh, issuer: settings.publicUrl });
  if (!shown) {
    await refused(client, request, 'refresh', 'refresh_unknown', null);
    throw new OAuthError('refresh_unknown');
  }

  const successors = derivedKeys.successor.map((serverKey) => successorKey(serverKey, shown.key));
  const issue = { jti: randomUUID(), signer: signingKeys.signer };
  const answer = await refreshAccess({
    digest: keyDigest(shown.key),
    appId: client.id,
    secretShown: secretId !== null,
    successors: successors.map(keyDigest),
    jti: issue.jti,
    kid: issue.signer.kid,
    interval: REFRESH_INTERVAL_SECONDS,
    scopeNames: declaredNames(client),
  });

  const deliver = (successor: number | null) =>
    signRefreshToken(
      {
        key: successor === null ? shown.key : (successors[successor - 1] as string),
        issuer: settings.publicUrl,
        expiresAt: 'refreshExpiresAt' in answer ? answer.refreshExpiresAt : null,
      },
      derivedKeys.refresh[0] as Buffer,
    );
  if (answer.outcome === 'ok') {
    succeeded(client, request, 'refresh', answer, answer.event ?? 'ok');
    return answerTokens(
      dialect,
      client,
      answer,
      issue,
      deliver(answer.rotates ? answer.successor : null),
      answer.refreshExpiresAt,
    );
  }
  if (answer.outcome === 'refresh_too_soon') {
    return replay(client, request, dialect, answer, deliver(answer.rotates ? answer.successor : null));
  }
  await refused(client, request, 'refresh', answer.outcome, answer, answer.event);
  throw new OAuthError(answer.outcome, { usedBasic: asked.client.viaBasic });
}

type TooSoon = Extract<RefreshOutcome, { outcome: 'refresh_too_soon' }>;

/** Inside the five minutes: the limit, or, for apps that opted into it, the same access token again. */
async function replay(
  client: Client,
  request: MachineRequest,
  dialect: Dialect,
  answer: TooSoon,
  refreshToken: string,
): Promise<MachineAnswer> {
  const signer = runtime().signingKeys.signerOf(answer.lastKid);
  if (client.refreshReplay && signer) {
    const issued = { ...answer, at: answer.lastRefreshAt };
    const same = { jti: answer.lastJti, signer };
    return answerTokens(dialect, client, issued, same, refreshToken, answer.refreshExpiresAt);
  }
  await refused(client, request, 'refresh', 'refresh_too_soon', answer);
  throw new OAuthError('refresh_too_soon', { retryAfterSeconds: Number(answer.retryAfter) });
}

async function answerTokens(
  dialect: Dialect,
  client: Client,
  granted: Granted,
  issue: { jti: string; signer: Signer },
  refreshToken: string | null,
  refreshExpiresAt: Date | null,
): Promise<MachineAnswer> {
  const { settings, clock } = runtime();
  const scope = declaredPart(granted.scopes, client);
  const claims = buildAccessToken({
    issuer: settings.publicUrl,
    audience: settings.apiUrl,
    tenantName: granted.tenant,
    appId: client.id,
    clientId: client.clientId,
    userId: granted.userId,
    username: granted.username,
    connectionId: granted.connectionId,
    scope,
    jti: issue.jti,
    now: granted.at,
  });
  const accessToken = await issue.signer.sign(signingInput(accessTokenHeader(issue.signer.kid), claims));
  const now = Math.max(clock.now(), granted.at.getTime());
  return tokenResponse(dialect, {
    accessToken,
    // A replayed token has less than its hour left.
    expiresIn: now - granted.at.getTime() < 5_000 ? ACCESS_LIFETIME_SECONDS : claims.exp - Math.floor(now / 1000),
    scope,
    refreshToken: refreshToken ?? undefined,
    refreshTokenExpiresIn: refreshExpiresAt && Math.round((refreshExpiresAt.getTime() - granted.at.getTime()) / 1000),
  });
}

const declaredNames = ({ scopes }: Client) => scopes?.map(({ name }) => name) ?? null;

/** What the user allowed, as far as the app declares it still. */
function declaredPart(allowed: string, { scopes }: Client): string {
  return scopes ? formatScopes(withinDeclared(storedScopes(allowed), scopes)) : allowed;
}

type Kind = 'token' | 'refresh';
type Concerned = { userId: string | null; connectionId: string | null } | null;

function record(client: Client, request: MachineRequest, kind: Kind, outcome: string, concerned: Concerned): void {
  const { events, clock } = runtime();
  events.add({
    appId: client.id,
    userId: concerned?.userId ?? null,
    connectionId: concerned?.connectionId ?? null,
    kind,
    outcome,
    requestId: request.requestId,
    at: new Date(clock.now()),
  });
}

function succeeded(client: Client, request: MachineRequest, kind: Kind, granted: Granted, outcome = 'ok'): void {
  record(client, request, kind, outcome, granted);
}

// Refusals that an honest client meets by itself: they don't count as guesses.
const NOT_A_GUESS: ReadonlySet<Reason> = new Set<Reason>([
  'refresh_too_soon',
  'refresh_revoked',
  'refresh_expired',
  'code_expired',
  'app_inactive',
  'user_inactive',
  'tenant_inactive',
  'account_not_allowed',
  'grant_ended',
  'scope_withdrawn',
  'code_withdrawn',
]);

/**
 * Records a refusal in the developer's log and counts it against the client and its network.
 * @param detail what the log says instead of the reason: why a revoked token died
 */
async function refused(
  client: AuthenticatedClient['client'],
  request: MachineRequest,
  kind: Kind,
  reason: Reason,
  concerned: Concerned,
  detail: string | null = null,
): Promise<void> {
  // What belongs to another app is nothing this developer may learn of.
  const ours = reason === 'code_wrong_client' || reason === 'refresh_wrong_client' ? null : concerned;
  record(client, request, kind, detail === null ? reason : `${reason}:${detail}`, ours);
  await countRefusal(client, request, !NOT_A_GUESS.has(reason));
}
