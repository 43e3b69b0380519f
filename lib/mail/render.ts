import { describeDevice } from '@/lib/apps/devices';
import { type Fact, type Letter, letterOf, type MailData, type MailKind } from '@/lib/apps/mails';
import type { MessageValues, Sentence } from '@/lib/i18n/catalogue';
import { escapeHtml } from '@/lib/i18n/html';
import { createI18n, type I18n, type Reader } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { negotiateLanguage } from '@/lib/i18n/negotiate';
import { type BrandPalette, brandPalette } from '@/lib/runtime/brand-palette';
import { plainLines, plainName, plainWord } from './plain';

/** Whose mails they are: of the settings, what shows. */
export type House = {
  brandName: string /** `#rrggbb`; null: that of the design. */;
  brandColor: string | null;
  publicUrl: string;
};

/** Who reads. @param language as chosen; null: English  @param timeZone IANA */
export type MailReader = { language: string | null; timeZone: string };

export type RenderedMail = { subject: string; text: string; html: string /** BCP 47. */; language: string };

/** Of app/globals.css. */
const DESIGN_COLOR = '#3d4fd1';

/**
 * A mail in its reader's language, as text and as HTML. Both say everything; every link leads to the public URL. Names and
 * reasons in it may be anybody's: they break no header, no markup, and become no links.
 */
export function renderMail<Kind extends MailKind>(
  kind: Kind,
  data: MailData[Kind],
  reader: MailReader,
  house: House,
): RenderedMail {
  const letter = letterOf(kind, data);
  const i18n = createI18n(readerOf(reader), MESSAGES[readerOf(reader).locale]);
  return {
    subject: sayer(i18n, plainName, (inner) => inner)(letter.subject),
    text: textOf(letter, i18n, house),
    html: htmlOf(letter, i18n, house),
    language: i18n.locale,
  };
}

function readerOf({ language, timeZone }: MailReader): Reader {
  return { ...negotiateLanguage([language], undefined), timeZone: knownTimeZone(timeZone) };
}

/** A stored zone may be unknown to this runtime. */
function knownTimeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/**
 * Says sentences whose values may be hostile.
 * @param clean what is done to each value that is a text
 * @param bdi what is put around a name
 */
function sayer(i18n: I18n, clean: (text: string) => string, bdi: (inner: string) => string) {
  return ({ key, values = {} }: Sentence): string => {
    const cleaned: MessageValues = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? clean(value) : value]),
    );
    return i18n.t.markup(key as never, { ...cleaned, bdi } as never);
  };
}

/** The words of a fact, in plain text. Only a device's name is of somebody's making. */
function factText(fact: Fact, i18n: I18n): string {
  if ('text' in fact) return plainName(fact.text);
  if ('said' in fact) return i18n.t(fact.said);
  if ('moment' in fact) return i18n.moment(new Date(fact.moment));
  if ('day' in fact) return i18n.day(new Date(fact.day));
  const device = describeDevice(fact.userAgent);
  return device === null ? i18n.t('mails.fact.unknown_device') : plainWord(device);
}

/** @throws Error for what is no path of ours: a mistake of the program's, not of a person's */
function linkTo(path: string, { publicUrl }: House): string {
  const url = new URL(path, publicUrl);
  if (!path.startsWith('/') || url.origin !== publicUrl) throw new Error(`a mail may not link to ${url.origin}`);
  return url.href;
}

function textOf(letter: Letter, i18n: I18n, house: House): string {
  const sentence = sayer(i18n, plainWord, (inner) => inner);
  const facts = letter.facts.map((fact) => `${i18n.t(fact.label)}: ${factText(fact, i18n)}`);
  const quote = letter.quote
    ? [`${i18n.t(letter.quote.by)}:`, ...plainLines(letter.quote.text).map((line) => `> ${line}`.trimEnd())]
    : [];
  const action = letter.action ? [`${i18n.t(letter.action.label)}:`, linkTo(letter.action.path, house)] : [];
  const { key, off } = letter.why;
  const why = [
    i18n.say({ key, values: { brand: plainWord(house.brandName) } }),
    ...(off ? [`${i18n.t(off.label)}: ${linkTo(off.path, house)}`] : []),
  ];
  const parts = [
    ...letter.lead.map((each) => [sentence(each)]),
    facts,
    quote,
    action,
    ...letter.after.map((each) => [sentence(each)]),
    ['-- ', ...why, linkTo('/', house)],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const styles = new Map<string, string>();

/** An installation has one colour: its shades are looked for once. The start has refused colours without any. */
function styleFor(color: string): string {
  const known = styles.get(color) ?? styleOf(brandPalette(color) as BrandPalette);
  styles.set(color, known);
  return known;
}

// Programs that know no style sheet show plain headings, paragraphs and links; nothing is fetched from anywhere.
function styleOf({ light, dark }: BrandPalette): string {
  return [
    ':root{color-scheme:light dark}',
    'body{margin:0;background:#f6f7f9;color:#1a1f29;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}',
    'main{max-width:560px;margin:0 auto;padding:24px}',
    `.brand{margin:0 0 16px;font-weight:600;color:${light.text}}`,
    '.card{background:#ffffff;border:1px solid #dde1e8;border-radius:8px;padding:24px}',
    'h1{margin:0 0 16px;font-size:20px;line-height:1.3}',
    'p{margin:0 0 16px;overflow-wrap:anywhere}',
    'table{margin:0 0 16px;border-collapse:collapse}',
    'th{padding:2px 16px 2px 0;text-align:start;vertical-align:top;font-weight:400;color:#596273}',
    'td{padding:2px 0;vertical-align:top;overflow-wrap:break-word}',
    `blockquote{margin:0 0 16px;padding:0 0 0 12px;border-inline-start:3px solid ${light.line};overflow-wrap:anywhere}`,
    `.action{display:inline-block;padding:10px 16px;border-radius:6px;background:${light.accent};color:${light.ink};font-weight:600;text-decoration:none}`,
    `a{color:${light.text}}`,
    'footer{margin:16px 0 0;font-size:13px;color:#596273}',
    'footer p{margin:0 0 4px}',
    '@media (prefers-color-scheme:dark){',
    'body{background:#0d1015;color:#e6e9ef}',
    `.brand,a{color:${dark.text}}`,
    '.card{background:#151920;border-color:#2b323d}',
    'th,footer{color:#a3adbd}',
    `blockquote{border-color:${dark.line}}`,
    `.action{background:${dark.accent};color:${dark.ink}}`,
    '}',
  ].join('\n');
}

function htmlOf(letter: Letter, i18n: I18n, house: House): string {
  const clean = (text: string) => escapeHtml(plainWord(text));
  const sentence = sayer(i18n, clean, (inner) => `<bdi>${inner}</bdi>`);
  const heading = sayer(i18n, clean, (inner) => inner)(letter.subject);
  const paragraph = (inner: string) => `<p>${inner}</p>`;
  const link = (path: string, label: string, name = '') =>
    `<a${name && ` class="${name}"`} href="${escapeHtml(linkTo(path, house))}">${label}</a>`;
  const facts = letter.facts.map(
    (fact) =>
      `<tr><th scope="row">${escapeHtml(i18n.t(fact.label))}</th><td><bdi>${escapeHtml(factText(fact, i18n))}</bdi></td></tr>`,
  );
  const { quote, action } = letter;
  const { key, off } = letter.why;
  const brand = clean(house.brandName);
  return [
    '<!doctype html>',
    `<html lang="${i18n.locale}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${heading}</title>`,
    `<style>\n${styleFor(house.brandColor ?? DESIGN_COLOR)}\n</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<p class="brand">${brand}</p>`,
    '<div class="card">',
    `<h1 dir="auto">${heading}</h1>`,
    ...letter.lead.map(sentence).map(paragraph),
    ...(facts.length > 0 ? ['<table>', ...facts, '</table>'] : []),
    ...(quote
      ? [
          paragraph(`${escapeHtml(i18n.t(quote.by))}:`),
          `<blockquote dir="auto">${plainLines(quote.text).map(escapeHtml).join('<br>')}</blockquote>`,
        ]
      : []),
    ...(action ? [paragraph(link(action.path, escapeHtml(i18n.t(action.label)), 'action'))] : []),
    ...letter.after.map(sentence).map(paragraph),
    '</div>',
    '<footer>',
    paragraph(i18n.say({ key, values: { brand } })),
    ...(off ? [paragraph(link(off.path, escapeHtml(i18n.t(off.label))))] : []),
    paragraph(link('/', escapeHtml(house.publicUrl.replace(/^https?:\/\//, '')))),
    '</footer>',
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
