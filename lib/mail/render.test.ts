import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAIL_KINDS, type MailData, type MailKind } from '@/lib/apps/mails';
import { LOCALES } from '@/lib/i18n/catalogue';
import { type House, type RenderedMail, renderMail } from './render';

const HOUSE: House = { brandName: 'Gatehouse', brandColor: null, publicUrl: 'https://gate.example' };
const AT = '2026-11-22T23:05:00.000Z';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A mail of each kind in which everything that somebody may have typed is the given text. */
function samples(typed: string): { [Kind in MailKind]: MailData[Kind][] } {
  const app = { appName: typed, appId: 7 };
  const place = { userAgent: FIREFOX, address: '192.0.2.1', at: AT };
  return {
    new_connection: [
      { ...app, ...place },
      { ...app, ...place, userAgent: typed, address: null },
    ],
    new_device: [place, { ...place, userAgent: typed }],
    password_changed: [
      { at: AT, sessionsEnded: 0, appsDisconnected: false },
      { at: AT, sessionsEnded: 2, appsDisconnected: true },
    ],
    review_decided: [
      { ...app, outcome: 'approved', reason: null },
      { ...app, outcome: 'rejected', reason: typed },
    ],
    app_suspended: [{ ...app, reason: typed }],
    app_reinstated: [
      { ...app, connectionsEnded: true },
      { ...app, connectionsEnded: false },
    ],
    secret_created: [
      { ...app, lastFour: 'wxyz', by: typed, expiresAt: null },
      { ...app, lastFour: 'wxyz', by: typed, expiresAt: AT },
    ],
    secret_expiring: [
      { ...app, lastFour: 'wxyz', expiresAt: AT, days: 14, lastUsedAt: AT },
      { ...app, lastFour: 'wxyz', expiresAt: AT, days: 1, lastUsedAt: null },
    ],
    invitation: (['MEMBER', 'DEVELOPER', 'ADMIN'] as const).map((role) => ({
      organisation: typed,
      inviter: typed,
      role,
      path: '/invitations/token',
      expiresAt: AT,
    })),
    approval_asked: [
      { appName: typed, requester: typed, reason: typed, path: '/organisation/approvals' },
      { appName: typed, requester: typed, reason: null, path: '/organisation/approvals' },
    ],
    approval_decided: [
      { appName: typed, outcome: 'approved', note: typed, wentOn: true, website: null },
      { appName: typed, outcome: 'approved', note: null, wentOn: false, website: null },
      { appName: typed, outcome: 'approved', note: null, wentOn: false, website: 'https://app.example/start' },
      { appName: typed, outcome: 'approved', note: null, wentOn: false, website: typed },
      { appName: typed, outcome: 'let_in', note: null, wentOn: true, website: null },
      { appName: typed, outcome: 'rejected', note: typed, wentOn: false, website: typed },
    ],
  };
}

const rendered = (typed: string, house = HOUSE) =>
  MAIL_KINDS.flatMap((kind) =>
    samples(typed)[kind].flatMap((data) =>
      LOCALES.map((language) => ({
        kind,
        language,
        mail: renderMail(kind, data as never, { language, timeZone: 'Europe/Berlin' }, house),
      })),
    ),
  );

/** What somebody may call an app to break, turn or fake a mail. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '\r\n',
        '\n.\r\n',
        '\r\nBcc: x@evil.example',
        '\u2028',
        '<script>alert(1)</script>',
        '<a href="https://evil.example">',
        '"><img src=x onerror=alert(1)>',
        "' style='x",
        '</title></style>',
        '&lt;b&gt;',
        'https://evil.example/',
        'www.evil.example',
        'evil.example',
        'mailto:x@evil.example',
        '\u202e',
        '\u2066',
        '\u200b',
        '{app}',
        '{n, plural, other {#}}',
        "'{",
        '<bdi>',
        'Status Board',
        '\ud800',
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);

/** Tags of ours; whatever else stands in angle brackets would be somebody else's. */
const TAGS = /^(?:\/?(?:html|head|meta|title|style|body|main|p|div|h1|table|tr|th|td|bdi|blockquote|br|a|footer))$/;

/** One line without controls. */
function expectPlainSubject({ subject }: RenderedMail): void {
  expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
  expect(subject.trim()).not.toBe('');
}

/** Our tags only, without scripts, pictures or handlers. */
function expectOwnMarkup({ html }: RenderedMail): void {
  const body = html.replace(/^<!doctype html>/, '').replace(/<style>[\s\S]*?<\/style>/, '');
  expect(html.match(/<style>/g)).toHaveLength(1);
  for (const [, tag, attributes = ''] of body.matchAll(/<([^\s>]*)([^>]*)>/g)) {
    expect(tag).toMatch(TAGS);
    const known = / (?:lang|charset|name|content|class|dir|scope|href)="[^"]*"/g;
    expect(attributes.replace(known, '')).toBe('');
  }
}

/** Links lead to the public URL, and nothing else looks like one. */
function expectOwnLinks({ html, text }: RenderedMail): void {
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  expect(links.length).toBeGreaterThan(0);
  for (const href of links) expect(href).toMatch(/^https:\/\/gate\.example\//);
  const words = `${text} ${html.replace(/<[^>]*>/g, ' ')}`;
  for (const [url] of words.matchAll(/\b[a-z]+:\/\/\S*/gi)) expect(url).toMatch(/^https:\/\/gate\.example\//);
  expect(words).not.toMatch(/evil\.example|mailto:\w/);
}

/** Nobody adds lines to the text, but quoted ones. */
function expectOwnLines({ text }: RenderedMail, benign: RenderedMail | undefined): void {
  const own = (lines: string) => lines.split('\n').filter((line) => !line.startsWith('>')).length;
  expect(own(text)).toBe(own(benign?.text ?? ''));
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
}

test('whatever somebody calls an app, a person or an organisation: no header, no markup, no link, no line of its own', () => {
  const benign = rendered('x');
  fc.assert(
    fc.property(hostile, (typed) => {
      for (const [at, { mail }] of rendered(typed).entries()) {
        expectPlainSubject(mail);
        expectOwnMarkup(mail);
        expectOwnLinks(mail);
        expectOwnLines(mail, benign[at]?.mail);
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

describe('what a mail says', () => {
  test('each kind in both languages: no place is left open, and both forms say the same', () => {
    for (const { kind, language, mail } of rendered('Status Board')) {
      expect(mail.language).toBe(language);
      expect(`${mail.subject}${mail.text}${mail.html}`, kind).not.toMatch(/undefined|\bnull\b|NaN|\{\w+\}|mails\./);
      expect(mail.html).toContain(`<html lang="${language}">`);
      expect(mail.text).toMatch(/https:\/\/gate\.example\/\n$/);
      const plain = mail.html
        .replace(/<[^>]*>/g, ' ')
        .replace(/&#39;/g, "'")
        .replace(/\s+/g, ' ');
      const [lead = ''] = mail.text.split('\n');
      expect(plain.replace(/\s+([.,])/g, '$1')).toContain(lead.replace(/\s+/g, ' '));
    }
  });

  test('German and English differ', () => {
    const all = rendered('Status Board');
    for (let at = 0; at < all.length; at += 2) expect(all[at]?.mail.text).not.toBe(all[at + 1]?.mail.text);
  });

  test('times in the zone of who reads, and an unknown zone is no failure', () => {
    const data = { at: AT, sessionsEnded: 1, appsDisconnected: true };
    const text = (timeZone: string) => renderMail('password_changed', data, { language: 'en', timeZone }, HOUSE).text;
    expect(text('Europe/Berlin')).toContain('Nov 23, 2026, 00:05 GMT+1');
    expect(text('Nowhere/At_All')).toContain('Nov 22, 2026, 23:05 UTC');
    expect(text('UTC')).toContain('One other session was signed out. All apps were disconnected.');
  });

  test('who has chosen no language, or one of nobody’s, reads English', () => {
    for (const language of [null, 'fr', ''])
      expect(
        renderMail('new_device', samples('').new_device[0] as never, { language, timeZone: 'UTC' }, HOUSE).language,
      ).toBe('en');
  });

  test('brand name and colour are those of the installation', () => {
    const house = { ...HOUSE, brandName: 'Acme <Portal>', brandColor: '#0f766e' };
    for (const { mail } of rendered('x', house)) {
      expect(mail.html).toContain('Acme &lt;Portal&gt;');
      expect(mail.html).toContain('#0f766e');
      expect(mail.text).toContain('Acme <Portal>');
    }
  });

  test('a path that leads elsewhere is a mistake of ours, and said', () => {
    for (const path of ['https://evil.example/', '//evil.example', 'connections', '/\\evil.example'])
      expect(() =>
        renderMail(
          'invitation',
          { organisation: 'x', inviter: 'x', role: 'MEMBER', path, expiresAt: AT },
          { language: 'en', timeZone: 'UTC' },
          HOUSE,
        ),
      ).toThrow('may not link');
  });
});
