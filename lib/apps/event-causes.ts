import { ENDED_REASONS, type EndedReason } from './ended-reasons';

/** What the outcome of an event says (oauth_events.outcome): a word of ours, and behind a colon what it was about. */

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
  'app_inactive',
  'user_inactive',
  'tenant_inactive',
  'grant_ended',
] as const;

export type EventCause =
  | { said: 'on_page'; cause: (typeof ON_PAGES)[number] }
  | { said: 'in_log'; cause: (typeof IN_LOG)[number] }
  /** A word that has no sentence yet; it is shown as it is. */
  | { said: 'nowhere' };

export type ReadOutcome = {
  /** Tokens or a code were given. */
  letIn: boolean;
  /** null: there is nothing more to say. */
  cause: EventCause | null;
  /** The word as it stands in our log, for whoever asks us about it. */
  code: string;
  /** What it was about: why a token had died, or something else, such as the scopes that were not declared. */
  detail: { reason: EndedReason } | { text: string } | null;
};

/** Reads the outcome of an event. */
export function readOutcome(outcome: string): ReadOutcome {
  const colon = outcome.indexOf(':');
  const code = colon < 0 ? outcome : outcome.slice(0, colon);
  const about = colon < 0 ? '' : outcome.slice(colon + 1);
  const reason = ENDED_REASONS.find((known) => known === about);
  return {
    letIn: code === 'ok' || code === 'used_from_two_places',
    cause: code === 'ok' ? null : causeOf(code),
    code,
    detail: reason ? { reason } : about === '' ? null : { text: about },
  };
}

function causeOf(code: string): EventCause {
  const onPage = ON_PAGES.find((known) => known === code);
  if (onPage) return { said: 'on_page', cause: onPage };
  const inLog = IN_LOG.find((known) => known === code);
  return inLog ? { said: 'in_log', cause: inLog } : { said: 'nowhere' };
}
