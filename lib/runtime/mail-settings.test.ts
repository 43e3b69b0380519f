import { describe, expect, test } from 'vitest';
import { isMailAddress } from './mail-address';
import { parseSettings, type SettingsError } from './settings';

const BASE = { DATABASE_URL: 'postgresql://x@localhost/x' };
const SMTP_URL = 'smtps://user:p%40ss@mail.example.com:465';

function problemsOf(env: Record<string, string>): string[] {
  try {
    parseSettings({ ...BASE, ...env });
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
}

describe('the settings of mails', () => {
  test('server and sender', () => {
    expect(parseSettings({ ...BASE, SMTP_URL, MAIL_FROM: 'Example Ltd <no-reply@example.com>' }).smtp).toEqual({
      url: SMTP_URL,
      from: { name: 'Example Ltd', address: 'no-reply@example.com' },
    });
    expect(parseSettings({ ...BASE, SMTP_URL: 'smtp://relay', MAIL_FROM: 'no-reply@example.com' }).smtp).toEqual({
      url: 'smtp://relay',
      from: { name: null, address: 'no-reply@example.com' },
    });
    expect(parseSettings(BASE).smtp).toBeNull();
    expect(parseSettings({ ...BASE, SMTP_URL: '', MAIL_FROM: '' }).smtp).toBeNull();
  });

  test.each([
    [{ SMTP_URL }, /^MAIL_FROM is missing: expected beside SMTP_URL, .*no-reply@example\.com/],
    [{ MAIL_FROM: 'a@b.example' }, /^SMTP_URL is missing: expected beside MAIL_FROM, .*smtps:\/\//],
    [
      { SMTP_URL: 'mail.example.com', MAIL_FROM: 'a@b.example' },
      /^SMTP_URL is wrong: expected the address of an SMTP server/,
    ],
    [{ SMTP_URL: 'https://mail.example.com', MAIL_FROM: 'a@b.example' }, /^SMTP_URL is wrong/],
    [{ SMTP_URL: 'smtp://', MAIL_FROM: 'a@b.example' }, /^SMTP_URL is wrong/],
    [{ SMTP_URL: 'smtp://u:%zz@mail.example.com', MAIL_FROM: 'a@b.example' }, /^SMTP_URL is wrong/],
    [{ SMTP_URL, MAIL_FROM: 'nobody' }, /^MAIL_FROM is wrong: expected the address that mails come from/],
    [{ SMTP_URL, MAIL_FROM: 'a@b.example, c@d.example' }, /^MAIL_FROM is wrong/],
    [{ SMTP_URL, MAIL_FROM: 'X\r\nBcc: c@d.example <a@b.example>' }, /^MAIL_FROM is wrong/],
  ] as [Record<string, string>, RegExp][])('%o stops the start with a sentence', (env, sentence) => {
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    // The password of the server is in no sentence.
    expect(problems[0]).not.toContain('p%40ss');
  });
});

test.each(['ada@acme.example', 'o’brien@müller.example', 'x+y_z@sub.example.com'])('%s is an address', (text) =>
  expect(isMailAddress(text)).toBe(true),
);

test.each([
  '',
  'nobody',
  'a@b@c.example',
  'a@b.example,c@d.example',
  'a@b.example\r\nBcc: c@d.example',
  '"a b"@c.example',
  'Ada <ada@acme.example>',
  'a\u202e@b.example',
  `${'x'.repeat(250)}@b.example`,
])('%j is none', (text) => expect(isMailAddress(text)).toBe(false));
