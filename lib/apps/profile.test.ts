import { describe, expect, it } from 'vitest';
import { linkProblem, parseProfileForm } from './profile';

const formOf = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
};

describe('what is said about an app', () => {
  it('everything may be left out', () => {
    expect(parseProfileForm(formOf({ website: ' ' }))).toEqual({
      ok: true,
      value: { website: null, termsUrl: null, privacyUrl: null, supportEmail: null },
    });
  });

  it('links and address are taken as typed, without the space around them', () => {
    const typed = {
      website: ' https://board.example/ ',
      termsUrl: 'https://board.example/terms?lang=en',
      privacyUrl: 'https://board.example/privacy#data',
      supportEmail: 'help@board.example',
    };
    expect(parseProfileForm(formOf(typed))).toEqual({
      ok: true,
      value: { ...typed, website: 'https://board.example/' },
    });
  });

  it('what was typed comes back with every problem at its field', () => {
    const judged = parseProfileForm(
      formOf({ website: 'board.example', supportEmail: 'help at board', privacyUrl: '' }),
    );
    expect(judged).toEqual({
      ok: false,
      typed: { website: 'board.example', termsUrl: '', privacyUrl: '', supportEmail: 'help at board' },
      errors: { website: { key: 'rules.link.unreadable' }, supportEmail: { key: 'rules.email' } },
    });
  });
});

describe('case 81, 83: links that people are shown', () => {
  it.each([
    ['javascript:alert(1)', 'https'],
    ['JaVaScript:alert(1)', 'https'],
    ['data:text/html,<script>', 'https'],
    ['http://board.example/', 'https'],
    ['file:///etc/passwd', 'https'],
    ['https:board.example', 'https'],
    ['https:/board.example', 'https'],
    ['java\tscript:alert(1)', 'unreadable'],
    ['https://board.example\\@evil.example', 'unreadable'],
    ['https://board.example/ x', 'unreadable'],
    ['https://brand.example@evil.example/', 'userinfo'],
    ['https://:secret@evil.example/', 'userinfo'],
    ['https://localhost/', 'host'],
    ['https://127.0.0.1/', 'host'],
    ['https://2130706433/', 'host'],
    ['https://[::ffff:7f00:1]/', 'host'],
    ['https://169.254.169.254/latest', 'host'],
    ['https://intranet/', 'host'],
    ['https://board.example./', 'host'],
  ])('%s is refused', (link, why) => {
    expect(linkProblem(link)).toEqual({ key: `rules.link.${why}` });
  });

  it.each([
    'https://board.example',
    'https://xn--bcher-kva.example/',
    'https://bücher.example/a?b#c',
    'HTTPS://Board.Example/',
  ])('%s is taken', (link) => expect(linkProblem(link)).toBeNull());

  it('a link has an end', () => {
    expect(linkProblem(`https://board.example/${'a'.repeat(1_978)}`)).toBeNull();
    expect(linkProblem(`https://board.example/${'a'.repeat(1_979)}`)).toMatchObject({ key: 'rules.link.length' });
  });
});
