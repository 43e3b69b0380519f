import { describe, expect, test } from 'vitest';
import { REASONS } from '@/lib/oauth/errors';
import { readOutcome } from './event-causes';

describe('the outcome of an event, in words', () => {
  test('what went well has nothing more to say', () => {
    expect(readOutcome('ok')).toEqual({ letIn: true, cause: null, code: 'ok', detail: null });
  });
  test('a refusal is one of ours, or of the error pages', () => {
    expect(readOutcome('pkce_mismatch')).toMatchObject({ letIn: false, cause: { said: 'in_log' } });
    expect(readOutcome('redirect_uri_mismatch')).toMatchObject({ letIn: false, cause: { said: 'on_page' } });
  });
  test('behind the colon stands what it was about', () => {
    expect(readOutcome('refresh_revoked:evicted').detail).toEqual({ reason: 'evicted' });
    expect(readOutcome('scope_not_declared:source:d alert').detail).toEqual({ text: 'source:d alert' });
  });
  test('a word that nobody knows is shown as it is', () => {
    expect(readOutcome('something_new')).toEqual({
      letIn: false,
      cause: { said: 'nowhere' },
      code: 'something_new',
      detail: null,
    });
  });
  test('whatever an app can be refused for has a sentence', () => {
    // The envelope of a request, what names no app, and what only an API asks.
    const nobodys =
      /^(not_found|method_|head_|body_|too_many_|content_|charset_|json_|rate_limited|secret_in_query|client_id_(missing|conflict)|credentials_twice|grant_type_|code_missing|refresh_token_missing|token_|verifier_malformed|basic_damaged|authorization_scheme|client_unknown|access_token_not|bearer_|internal|unavailable)/;
    const silent = REASONS.filter((reason) => !nobodys.test(reason) && readOutcome(reason).cause?.said === 'nowhere');
    expect(silent).toEqual([]);
  });
});
