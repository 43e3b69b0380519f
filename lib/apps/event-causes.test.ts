import { describe, expect, test } from 'vitest';
import { REASONS } from '@/lib/oauth/errors';
import { HARMLESS_OUTCOMES, isHarmless } from '@/lib/oauth/event-outcomes';
import { readEndedReason, readOutcome } from './event-causes';

describe('the outcome of an event, in words', () => {
  test('what went well has nothing more to say', () => {
    expect(readOutcome('ok')).toEqual({ letIn: true, tone: 'ok', cause: null, code: 'ok', referenced: false });
    expect(readOutcome('shown')).toEqual({
      letIn: false,
      tone: 'neutral',
      cause: null,
      code: 'shown',
      referenced: false,
    });
  });
  test('a refusal is one of ours, or of the error pages', () => {
    expect(readOutcome('pkce_mismatch')).toMatchObject({ letIn: false, tone: 'danger', cause: { said: 'in_log' } });
    expect(readOutcome('redirect_uri_mismatch')).toMatchObject({ letIn: false, cause: { said: 'on_page' } });
  });
  test('a word that nobody knows is shown as it is', () => {
    expect(readOutcome('something_new')).toEqual({
      letIn: false,
      tone: 'danger',
      cause: { said: 'nowhere' },
      code: 'something_new',
      referenced: false,
    });
  });
  test('what is harmless is no failure, and everything else is one', () => {
    for (const outcome of HARMLESS_OUTCOMES) expect(readOutcome(outcome).tone, outcome).not.toBe('danger');
    for (const reason of REASONS.filter((one) => !isHarmless(one)))
      expect(readOutcome(reason).tone, reason).toBe('danger');
  });
  test('why a token had died is one of the words that there are', () => {
    expect(readEndedReason('evicted')).toBe('evicted');
    expect(readEndedReason('<b>')).toBeNull();
  });
  test('whatever an app can be refused for has a sentence', () => {
    // What names no app, and what only an API asks.
    const nobodys =
      /^(not_found|method_|head_|body_|client_id_(missing|conflict)|basic_damaged|client_unknown|bearer_|unavailable)/;
    const silent = REASONS.filter((reason) => !nobodys.test(reason) && readOutcome(reason).cause?.said === 'nowhere');
    expect(silent).toEqual([]);
  });
});
