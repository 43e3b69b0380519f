import { REASONS } from '@/lib/oauth/errors';
import { isLetIn } from '@/lib/oauth/event-outcomes';
import { ENDED_REASONS, type EndedReason } from './ended-reasons';

/** What the outcome of an event says (oauth_events.outcome): a word of ours. */

/** Refusals that the error pages of the authorization endpoint have sentences for. */
export const ON_PAGES = [
  'client_id_repeated',
  'redirect_uri_missing',
  'redirect_uri_mismatch',
  'redirect_uri_repeated',
  'parameter_repeated',
  'encoding_damaged',
  'query_too_large',
  'state_too_long',
  'request_object_unsupported',
  'response_type_missing',
  'response_type_unsupported',
  'response_mode_unsupported',
  'prompt_none_unsupported',
  'scope_missing',
  'scope_invalid',
  'challenge_required',
  'challenge_missing',
  'challenge_method_unsupported',
  'challenge_malformed',
] as const;

/** Refusals that only a developer reads of. */
const IN_LOG = [
  'scope_not_declared',
  'scope_withdrawn',
  'consent_denied',
  'account_limited',
  'account_not_allowed',
  'app_not_allowed',
  'approval_denied',
  'code_unknown',
  'code_wrong_client',
  'code_burnt',
  'code_expired',
  'code_redirect_mismatch',
  'code_replayed',
  'code_withdrawn',
  'playground_forbidden',
  'pkce_missing',
  'pkce_unexpected',
  'pkce_mismatch',
  'proof_missing',
  'secret_missing',
  'secret_mismatch',
  'secret_expired',
  'secret_unexpected',
  'refresh_secret_missing',
  'refresh_unknown',
  'refresh_wrong_client',
  'refresh_revoked',
  'refresh_expired',
  'refresh_retired',
  'refresh_diverged',
  'refresh_too_soon',
  'used_from_two_places',
  'answered_again',
  'app_inactive',
  'app_changed',
  'user_inactive',
  'tenant_inactive',
  'grant_ended',
  'grant_type_missing',
  'grant_type_unsupported',
  'code_missing',
  'refresh_token_missing',
  'token_missing',
  'token_in_header',
  'verifier_malformed',
  'secret_in_query',
  'credentials_twice',
  'content_type_missing',
  'content_type_unsupported',
  'content_type_json',
  'json_under_form_type',
  'charset_unsupported',
  'content_encoding_unsupported',
  'too_many_parameters',
  'authorization_scheme_unsupported',
  'rate_limited',
  'access_token_not_revocable',
  'token_expired',
  'token_withdrawn',
  'token_unknown',
  'token_wrong_client',
  'internal',
] as const;

export type PageCause = (typeof ON_PAGES)[number];
export type LogCause = (typeof IN_LOG)[number];
export type EventCause =
  | { said: 'on_page'; cause: PageCause }
  | { said: 'in_log'; cause: LogCause }
  /** A word that has no sentence yet; it is shown as it is. */
  | { said: 'nowhere' };

/** How an event went: something was given; nothing is wrong; something may be wrong; it was refused. */
export type EventTone = 'ok' | 'neutral' | 'warn' | 'danger';

export type ReadOutcome = {
  /** Tokens or a code were given. */
  letIn: boolean;
  tone: EventTone;
  /** null: there is nothing more to say. */
  cause: EventCause | null;
  /** The word as it stands in our log, for whoever asks us about it. */
  code: string;
  /** Whether the reference of the guides has an entry under this word. */
  referenced: boolean;
};

const TONES: Partial<Record<string, EventTone>> = {
  ok: 'ok',
  answered_again: 'ok',
  shown: 'neutral',
  consent_denied: 'neutral',
  used_from_two_places: 'warn',
};

/** Reads the outcome of an event. */
export function readOutcome(code: string): ReadOutcome {
  return {
    letIn: isLetIn(code),
    tone: TONES[code] ?? 'danger',
    cause: code === 'ok' || code === 'shown' ? null : causeOf(code),
    code,
    referenced: REASONS.some((known) => known === code),
  };
}

function causeOf(code: string): EventCause {
  const onPage = ON_PAGES.find((known) => known === code);
  if (onPage) return { said: 'on_page', cause: onPage };
  const inLog = IN_LOG.find((known) => known === code);
  return inLog ? { said: 'in_log', cause: inLog } : { said: 'nowhere' };
}

/** Why a token had died, as far as there are words for it. */
export function readEndedReason(why: string | undefined): EndedReason | null {
  return ENDED_REASONS.find((known) => known === why) ?? null;
}

/** What apps ask for. */
export const EVENT_KINDS = ['authorize', 'token', 'refresh', 'revoke', 'introspect', 'token_info'] as const;
