import type { Sentence } from '@/lib/i18n/catalogue';
import { escapeHtml } from '@/lib/i18n/html';
import type { I18n } from '@/lib/i18n/i18n';
import type { Brand } from '@/lib/runtime/brand';

/** A page that says what went wrong, complete without Next, scripts or session. */
export type ErrorDocument = {
  i18n: I18n;
  title: Sentence;
  /** What to do next is one of them. */
  text: Sentence[];
  requestId: string;
  /** The id is worth something to the app's developer: under it their log says more. */
  forDeveloper?: boolean;
  nonce: string;
  brand: Brand;
  /** A link that leads on. */
  link?: { href: string; label: Sentence };
};

const STYLE = `:root{color-scheme:light dark;--accent-text:light-dark(#3848c0,#a9b5ff)}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 ui-sans-serif,system-ui,sans-serif;background:light-dark(#f6f7f9,#0f1217);color:light-dark(#1b2430,#e7ebf0)}
main{box-sizing:border-box;width:min(30rem,100% - 2rem);padding:2rem;border:1px solid light-dark(#d7dce3,#2c3440);border-radius:12px;background:light-dark(#fff,#161b22);overflow-wrap:anywhere}
h1{margin:0 0 .75rem;font-size:1.375rem;line-height:1.3}
p{margin:.5rem 0}
.brand{margin:0 0 1.5rem;font-weight:600}
.id{margin-top:1.5rem;font-size:.875rem;color:light-dark(#566170,#9aa5b4)}
a{color:var(--accent-text)}
.id code{font:1rem ui-monospace,Menlo,Consolas,monospace;color:light-dark(#1b2430,#e7ebf0);user-select:all}
.brand img{display:block;max-height:2rem;max-width:12rem}
a:focus-visible{outline:3px solid currentColor;outline-offset:2px;border-radius:2px}`;

/** Writes the document. Everything that comes in is escaped; nothing of a request is shown but its id. */
export function errorDocument({
  i18n,
  title,
  text,
  requestId,
  forDeveloper = false,
  nonce,
  brand,
  link,
}: ErrorDocument): string {
  const { say } = i18n;
  const paragraphs = text.map((sentence) => `<p>${escapeHtml(say(sentence))}</p>`).join('');
  const onwards = link
    ? `<p><a href="${escapeHtml(link.href)}" rel="noreferrer">${escapeHtml(say(link.label))}</a></p>`
    : '';
  const id = i18n.t.markup('errors.request', { id: () => `<code>${escapeHtml(requestId)}</code>` });
  const quote = forDeveloper ? `<br>${escapeHtml(i18n.t('errors.request_app'))}` : '';
  return `<!doctype html>
<html lang="${i18n.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(say(title))} · ${escapeHtml(brand.name)}</title><style nonce="${escapeHtml(nonce)}">${STYLE}${brand.style ?? ''}</style></head>
<body><main><p class="brand">${brandMark(brand)}</p><h1>${escapeHtml(say(title))}</h1>${paragraphs}${onwards}<p class="id">${id}${quote}</p></main></body></html>`;
}

const brandMark = ({ name, logo }: Brand) =>
  logo ? `<img src="${escapeHtml(logo.path)}" alt="${escapeHtml(name)}">` : escapeHtml(name);
