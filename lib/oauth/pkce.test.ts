import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { challengeProblem, s256, verifierProblem } from './pkce';

// RFC 7636 appendix B
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('PKCE (RFC 7636)', () => {
  test('appendix B: the verifier of the example makes the challenge of the example', () => {
    expect(s256(VERIFIER)).toBe(CHALLENGE);
    expect(challengeProblem(CHALLENGE, 'S256')).toBeNull();
    expect(verifierProblem(VERIFIER)).toBeNull();
  });

  test('every verifier of the grammar makes a challenge that is accepted', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._~-]{43,128}$/), (verifier) => {
        expect(verifierProblem(verifier)).toBeNull();
        expect(challengeProblem(s256(verifier), 'S256')).toBeNull();
      }),
    );
  });

  test.each(['plain', undefined, 's256', 'S512', 'S256 ', 'none'])('case 23: the method %j is refused', (method) => {
    expect(challengeProblem(CHALLENGE, method)).toBe('challenge_method_unsupported');
  });

  test.each([
    CHALLENGE.slice(1),
    `${CHALLENGE}A`,
    'A'.repeat(129),
    `${CHALLENGE}=`,
    CHALLENGE.replace('-', '+'),
    CHALLENGE.replace('-', '/'),
    CHALLENGE.replace('-', '~'),
    `${CHALLENGE.slice(0, 42)}N`,
    `${CHALLENGE}\n`,
  ])('case 24: the challenge %j is refused', (challenge) => {
    expect(challengeProblem(challenge, 'S256')).toBe('challenge_malformed');
  });

  test('case 24: a method without a challenge is refused, neither is no problem', () => {
    expect(challengeProblem(undefined, 'S256')).toBe('challenge_missing');
    expect(challengeProblem(undefined, undefined)).toBeNull();
  });

  test.each([
    'a'.repeat(42),
    'a'.repeat(129),
    `${'a'.repeat(42)}+`,
    `${'a'.repeat(42)} `,
    `${'a'.repeat(42)}é`,
    `${'a'.repeat(43)}\n`,
    '',
  ])('case 26: the verifier %j breaks the grammar', (verifier) => {
    expect(verifierProblem(verifier)).toBe('verifier_malformed');
  });
});
