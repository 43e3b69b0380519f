import type { Sentence } from '@/lib/i18n/catalogue';
import type { Reason } from '@/lib/oauth/errors';

/** What can be wrong with an authorization request and has a sentence of its own. */
const SAID = [
  'query_too_large',
  'client_id_missing',
  'client_id_repeated',
  'redirect_uri_missing',
  'redirect_uri_mismatch',
  'redirect_uri_repeated',
  'parameter_repeated',
  'encoding_damaged',
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
] as const satisfies readonly Reason[];

/** Why an authorization request was refused, for the person in front of the browser. */
export function refusalSentence(reason: Reason): Sentence {
  // Unknown and deleted apps read the same.
  if (reason === 'client_unknown' || reason === 'app_inactive') return { key: 'errors.reason.no_app' };
  const said = SAID.find((candidate) => candidate === reason);
  return { key: `errors.reason.${said ?? 'other'}` };
}
