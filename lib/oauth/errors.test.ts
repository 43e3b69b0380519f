import { describe, expect, test } from 'vitest';
import { codeOf, descriptionOf, isOAuthError, OAuthError } from './errors';

describe('refusals on their way to the wire', () => {
  test('carry what the catalogue says, and nothing that was not given', () => {
    const error = new OAuthError('refresh_too_soon', { retryAfterSeconds: 3 });
    expect(error).toMatchObject({
      reason: 'refresh_too_soon',
      code: 'invalid_request',
      status: 429,
      retryAfterSeconds: 3,
    });
    expect([error.usedBasic, error.allow, 'cause' in error]).toEqual([false, undefined, false]);
    expect(descriptionOf('code_unknown')).toBe('Provided code is unknown');
    expect(codeOf('code_unknown')).toBe('invalid_grant');
  });

  test('keep the cause for the log', () => {
    const cause = new Error('below');
    expect(new OAuthError('internal', { cause }).cause).toBe(cause);
  });

  test('are known by name and shape, because two copies of the class live in one process', () => {
    const copy = Object.assign(new Error('x'), { name: 'OAuthError', reason: 'internal', code: 'server_error' });
    expect(isOAuthError(copy)).toBe(true);
    const { name: _name, ...unnamed } = copy;
    for (const other of [
      null,
      'OAuthError',
      { name: 'OAuthError', reason: 'internal', code: 'server_error' },
      new Error('x'),
      Object.assign(new Error('x'), unnamed),
      Object.assign(new Error('x'), { name: 'OAuthError', reason: 'internal' }),
      Object.assign(new Error('x'), { name: 'OAuthError', code: 'server_error' }),
    ])
      expect(isOAuthError(other)).toBe(false);
  });
});
