import { randomBytes, randomUUID } from 'node:crypto';
import {
  ACCESS_LIFETIME_SECONDS,
  accessTokenHeader,
  buildAccessToken,
  parseAccessToken,
  signingInput,
} from '@/lib/oauth/access-token';
import { codeDigest, MAX_CODE_FAILURES } from '@/lib/oauth/authorization-code';
import { type Client, withinDeclared } from '@/lib/oauth/client';
import { type Dialect, isOAuthError, OAuthError } from '@/lib/oauth/errors';
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
import {
  countCodeFailure,
  type Granted,
  type RedemptionOutcome,
  type RefreshOutcome,
  redeemCode,
  refreshAccess,
} from '@/lib/store/tokens';
import { authenticate, countRefusal } from './authenticate';
import { clientFailed, type EventDraft, withEvent } from './event-draft';
import type { MachineAnswer, MachineRequest } from './http';

type CodeGrant = Extract<TokenRequest, { grantType: 'authorization_code' }>;
type RefreshGrant = Extract<TokenRequest, { grantType: 'refresh_token' }>;

/** The token endpoint (RFC 6749 §3.2), for both dialects. */
export async function token(request: MachineRequest, dialect: Dialect): Promise<MachineAnswer> {
  return withEvent(request, dialect, 'token', (event) => grant(request, dialect, event));
}

async function grant(request: MachineRequest, dialect: Dialect, event: EventDraft): Promise<MachineAnswer> {
  const asked = parseTokenRequest(request);
  const { metrics } = runtime();
  try {
    if (asked.grantType === 'refresh_token') event.kind = 'refresh';
    const answer = await (asked.grantType === 'authorization_code'
      ? redeem(asked, request, dialect, event)
      : refresh(asked, request, dialect, event));
    metrics.grant(asked.grantType, 'ok');
    return answer;
  } catch (error) {
    metrics.grant(asked.grantType, isOAuthError(error) ? error.reason : 'internal');
    throw error;
  }
}

/** The order is the security: client, then everything the code is bound to, single use last; a refusal burns nothing. */
async function redeem(
  asked: CodeGrant,
  request: MachineRequest,
  dialect: Dialect,
  event: EventDraft,
): Promise<MachineAnswer> {
  const { derivedKeys, settings } = runtime();
  const digest = codeDigest(asked.code);
  const { client, secretId } = await authenticate(asked.client, request, async (known, reason, overId) => {
    clientFailed(event, known, reason, overId);
    await countCodeFailure(digest);
    await countRefusal(known, request, reason);
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
    event.failed(client.id, answer.outcome, codeFacts(answer, digest, asked.redirectUri));
    await countRefusal(client, request, answer.outcome);
    throw new OAuthError(answer.outcome, { usedBasic: asked.client.viaBasic });
  }

  event.succeeded(client.id, answer);
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

type CodeRefusal = Exclude<RedemptionOutcome, { outcome: 'ok' }>;

/** What explains why a code was refused; of a code that belongs to another app there is nothing to say. */
function codeFacts({ outcome, connectionId }: CodeRefusal, codeDigest: Buffer, redirectUri: string | undefined) {
  if (outcome === 'code_expired') return { lookUp: { codeDigest } };
  if (outcome === 'code_replayed') return { connectionId, lookUp: { codeDigest } };
  if (outcome === 'code_redirect_mismatch' && redirectUri !== undefined) return { lookUp: { codeDigest, redirectUri } };
  return {};
}

async function refresh(
  asked: RefreshGrant,
  request: MachineRequest,
  dialect: Dialect,
  event: EventDraft,
): Promise<MachineAnswer> {
  const { derivedKeys, settings, signingKeys } = runtime();
  const { client, secretId } = await authenticate(asked.client, request, async (known, reason, overId) => {
    clientFailed(event, known, reason, overId);
    await countRefusal(known, request, reason);
  });
  const shown = verifyRefreshToken(asked.refreshToken, { keys: derivedKeys.refresh, issuer: settings.publicUrl });
  if (!shown) {
    event.failed(client.id, 'refresh_unknown', { details: likeness(asked.refreshToken) });
    await countRefusal(client, request, 'refresh_unknown');
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
    event.succeeded(client.id, answer, answer.event ?? 'ok');
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
    return replay(client, request, dialect, event, answer, deliver(answer.rotates ? answer.successor : null));
  }
  event.failed(client.id, answer.outcome, familyFacts(answer));
  await countRefusal(client, request, answer.outcome, true);
  throw new OAuthError(answer.outcome, { usedBasic: asked.client.viaBasic });
}

type RefreshRefusal = Exclude<RefreshOutcome, { outcome: 'ok' | 'refresh_too_soon' }>;

/** Why a token was dead and since when; what belongs to another app is nothing this developer may learn of. */
function familyFacts({ outcome, event, connectionId }: RefreshRefusal) {
  if (outcome === 'refresh_wrong_client' || outcome === 'refresh_unknown') return {};
  const dead = outcome === 'refresh_revoked' || outcome === 'refresh_expired';
  return {
    connectionId,
    details: event === null ? {} : { why: event },
    ...(dead ? { lookUp: { deadToken: true } } : {}),
  };
}

/** What was sent instead of a refresh token of ours, by its form alone. */
function likeness(text: string): { looksLike?: 'access_token' | 'code' } {
  if (parseAccessToken(text)) return { looksLike: 'access_token' };
  return /^(?:[0-9a-f]{28}|[\w-]{43})$/.test(text) ? { looksLike: 'code' } : {};
}

type TooSoon = Extract<RefreshOutcome, { outcome: 'refresh_too_soon' }>;

/** Inside the five minutes: the limit, or, for apps that opted into it, the same access token again. */
async function replay(
  client: Client,
  request: MachineRequest,
  dialect: Dialect,
  event: EventDraft,
  answer: TooSoon,
  refreshToken: string,
): Promise<MachineAnswer> {
  const signer = runtime().signingKeys.signerOf(answer.lastKid);
  if (client.refreshReplay && signer) {
    const issued = { ...answer, at: answer.lastRefreshAt };
    const same = { jti: answer.lastJti, signer };
    event.succeeded(client.id, answer, 'answered_again');
    return answerTokens(dialect, client, issued, same, refreshToken, answer.refreshExpiresAt);
  }
  const seconds = Math.max(1, Math.ceil(Number(answer.retryAfter)));
  event.failed(client.id, 'refresh_too_soon', { connectionId: answer.connectionId, details: { seconds } });
  await countRefusal(client, request, 'refresh_too_soon', true);
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
