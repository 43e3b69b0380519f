/**
 * HTTP requests as text to copy: curl, and Node, Python and Go with nothing but their standard libraries. Each prints the
 * status and the body of the answer. Whatever stands in a value is quoted: it is never read as code.
 */

/** An environment variable of whoever runs the text: what is secret is never written into it. */
export type FromEnvironment = { env: string };

/** A text, or a text with environment variables in it: `['Bearer ', { env: 'ACCESS_TOKEN' }]`. */
export type SnippetValue = string | FromEnvironment | readonly (string | FromEnvironment)[];

/** A request with a form (RFC 6749 Appendix B), with JSON, or without a body. */
export type SnippetRequest = {
  method: string;
  /** Absolute. */
  url: string;
  headers: Readonly<Record<string, SnippetValue>>;
  form?: readonly (readonly [name: string, value: SnippetValue])[];
  json?: unknown;
};

/** The languages in the order in which they are offered. */
export const SNIPPET_LANGUAGES = ['curl', 'node', 'python', 'go'] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];

/**
 * The request in one of the languages.
 * @throws RangeError for what is no HTTP request: a relative address, a header that would break the line
 */
export function asSnippet(language: SnippetLanguage, request: SnippetRequest): string {
  return { curl: asCurl, node: asNode, python: asPython, go: asGo }[language](request);
}

type Part = string | FromEnvironment;

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;
// Control characters, and those that make a reader see another order than a machine reads.
const UNSEEN = /[\p{C}\u2028\u2029]/u;

type Checked = {
  method: string;
  url: string;
  headers: [string, Part[]][];
  form: [string, Part[]][];
  json: string | null;
};

function checked(request: SnippetRequest): Checked {
  if (!TOKEN.test(request.method)) throw new RangeError('a method is a token (RFC 9110 §9.1)');
  if (!URL.canParse(request.url)) throw new RangeError('an absolute address is needed');
  const headers = Object.entries(request.headers).map(([name, value]): [string, Part[]] => {
    const parts = partsOf(value);
    if (!TOKEN.test(name) || parts.some((part) => typeof part === 'string' && !HEADER_TEXT.test(part)))
      throw new RangeError('a header is a token and printable ASCII (RFC 9110 §5)');
    return [name, parts];
  });
  const has = (name: string) => headers.some(([other]) => other.toLowerCase() === name);
  if (request.json !== undefined && !has('content-type')) headers.push(['Content-Type', ['application/json']]);
  return {
    method: request.method,
    url: new URL(request.url).href,
    headers,
    form: (request.form ?? []).map(([name, value]) => [wellFormed(name), partsOf(value)]),
    json: request.json === undefined ? null : wellFormed(JSON.stringify(request.json)),
  };
}

function partsOf(value: SnippetValue): Part[] {
  const parts = typeof value === 'string' || 'env' in value ? [value] : [...value];
  return parts.map((part) => {
    if (typeof part === 'string') return wellFormed(part);
    if (!VARIABLE.test(part.env)) throw new RangeError('the name of an environment variable is needed');
    return part;
  });
}

/** Half a surrogate pair is no character in any encoding: browsers send U+FFFD in its place as well. */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** For a POSIX shell, with the status line and the headers of the answer. */
export function asCurl(request: SnippetRequest): string {
  const { method, url, headers, form, json } = checked(request);
  const hasBody = form.length > 0 || json !== null;
  const lines = [
    // Without it curl takes brackets for a pattern.
    [
      'curl -i',
      /[[\]{}]/.test(url) ? ' --globoff' : '',
      method === (hasBody ? 'POST' : 'GET') ? '' : ` -X ${shell([method])}`,
    ]
      .concat(` ${shell([url])}`)
      .join(''),
    ...headers.map(([name, parts]) => `-H ${shell(headerLine(name, parts))}`),
    ...form.map(curlField),
    ...(json === null ? [] : [`--data-raw ${shell([json])}`]),
  ];
  return lines.join(' \\\n  ');
}

// "X:" would take the header out (curl's manual, -H).
const headerLine = (name: string, parts: Part[]): Part[] =>
  parts.every((part) => part === '') ? [`${name};`] : [`${name}: `, ...parts];

function curlField([name, parts]: [string, Part[]]): string {
  const literal = parts.every((part) => typeof part === 'string') ? parts.join('') : null;
  if (literal !== null && (name === '' || UNSEEN.test(literal)))
    return `-d ${shell([`${encodeURIComponent(name)}=${encodeURIComponent(literal)}`])}`;
  return `--data-urlencode ${shell([`${encodeURIComponent(name)}=`, ...parts])}`;
}

/** One word for a POSIX shell: quoted so that nothing in it means anything, but for our own variables. */
function shell(parts: readonly Part[]): string {
  const merged = mergeTexts(parts);
  if (merged.every((part) => typeof part === 'string')) return singleQuoted(merged.join(''));
  // "!" is history in an interactive shell, even between double quotes.
  if (merged.every((part) => typeof part !== 'string' || !/["$`\\!]/.test(part)))
    return `"${merged.map((part, i) => (typeof part === 'string' ? part : shellVariable(part, merged[i + 1]))).join('')}"`;
  return merged.map((part) => (typeof part === 'string' ? singleQuoted(part) : `"\${${part.env}}"`)).join('');
}

/** Inside double quotes; braces where the name would go on. */
const shellVariable = ({ env }: FromEnvironment, next: Part | undefined): string =>
  typeof next === 'string' && /^\w/.test(next) ? `\${${env}}` : `$${env}`;

const singleQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function mergeTexts(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged.splice(-1, 1, last + part);
    else merged.push(part);
  }
  return merged;
}

/** How a language writes a text and an environment variable; all of them join with a plus sign. */
type Literals = { text: (value: string) => string; variable: (name: string) => string };

function expression(parts: readonly Part[], { text, variable }: Literals): string {
  const merged = mergeTexts(parts).filter((part) => part !== '');
  if (merged.length === 0) return text('');
  return merged.map((part) => (typeof part === 'string' ? text(part) : variable(part.env))).join(' + ');
}

const hex = (text: string, digits: number) => (text.codePointAt(0) as number).toString(16).padStart(digits, '0');

/** Between the quotes of a language: named escapes, and numbers for everything that a reader would not see. */
function escaped(value: string, quote: string, numbered: (character: string) => string): string {
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', [quote]: `\\${quote}` };
  const inner = [...value].map(
    (character) => named[character] ?? (UNSEEN.test(character) ? numbered(character) : character),
  );
  return `${quote}${inner.join('')}${quote}`;
}

const NODE: Literals = {
  text: (value) => escaped(value, "'", (character) => `\\u{${hex(character, 1)}}`),
  variable: (name) => `process.env.${name}`,
};

/** For Node 18 and later, as a module. */
export function asNode(request: SnippetRequest): string {
  const { method, url, headers, form, json } = checked(request);
  const options = [
    ...(method === 'GET' ? [] : [`  method: ${NODE.text(method)},`]),
    ...block(headers, '  headers: {', '  },', ([name, parts]) => `    ${NODE.text(name)}: ${expression(parts, NODE)},`),
    ...block(
      form,
      '  body: new URLSearchParams([',
      '  ]),',
      ([name, parts]) => `    [${NODE.text(name)}, ${expression(parts, NODE)}],`,
    ),
    ...(json === null ? [] : [`  body: ${NODE.text(json)},`]),
  ];
  return [
    ...(options.length === 0
      ? [`const response = await fetch(${NODE.text(url)});`]
      : [`const response = await fetch(${NODE.text(url)}, {`, ...options, '});']),
    'console.log(response.status, await response.text());',
  ].join('\n');
}

const PYTHON: Literals = {
  text: (value) =>
    escaped(value, "'", (character) =>
      (character.codePointAt(0) as number) > 0xffff ? `\\U${hex(character, 8)}` : `\\u${hex(character, 4)}`,
    ),
  variable: (name) => `os.environ['${name}']`,
};

/** For Python 3.9 and later. */
export function asPython(request: SnippetRequest): string {
  const { method, url, headers, form, json } = checked(request);
  const uses = usesEnvironment(headers) || usesEnvironment(form);
  return [
    ...(uses ? ['import os'] : []),
    'from urllib.error import HTTPError',
    ...(form.length > 0 ? ['from urllib.parse import urlencode'] : []),
    'from urllib.request import Request, urlopen',
    '',
    'request = Request(',
    `    ${PYTHON.text(url)},`,
    `    method=${PYTHON.text(method)},`,
    ...block(
      headers,
      '    headers={',
      '    },',
      ([name, parts]) => `        ${PYTHON.text(name)}: ${expression(parts, PYTHON)},`,
    ),
    ...block(
      form,
      '    data=urlencode([',
      '    ]).encode(),',
      ([name, parts]) => `        (${PYTHON.text(name)}, ${expression(parts, PYTHON)}),`,
    ),
    ...(json === null ? [] : [`    data=${PYTHON.text(json)}.encode(),`]),
    ')',
    'try:',
    '    response = urlopen(request)',
    'except HTTPError as refusal:',
    '    response = refusal',
    'print(response.status, response.read().decode())',
  ].join('\n');
}

const GO: Literals = {
  text: (value) =>
    escaped(value, '"', (character) =>
      (character.codePointAt(0) as number) > 0xffff ? `\\U${hex(character, 8)}` : `\\u${hex(character, 4)}`,
    ),
  variable: (name) => `os.Getenv("${name}")`,
};

/** For Go 1.16 and later: a whole program. */
export function asGo(request: SnippetRequest): string {
  const { method, url, headers, form, json } = checked(request);
  const hasForm = form.length > 0;
  const body = hasForm
    ? 'strings.NewReader(form.Encode())'
    : json === null
      ? 'nil'
      : `strings.NewReader(${GO.text(json)})`;
  const contentType: [string, Part[]][] =
    hasForm && !headers.some(([name]) => name.toLowerCase() === 'content-type')
      ? [['Content-Type', ['application/x-www-form-urlencoded']]]
      : [];
  const imports = [
    ...['fmt', 'io', 'log', 'net/http'],
    ...(hasForm ? ['net/url'] : []),
    ...(usesEnvironment(headers) || usesEnvironment(form) ? ['os'] : []),
    ...(body === 'nil' ? [] : ['strings']),
  ];
  const orEnd = ['\tif err != nil {', '\t\tlog.Fatal(err)', '\t}'];
  return [
    ...['package main', '', 'import (', ...imports.map((name) => `\t"${name}"`), ')', '', 'func main() {'],
    ...block(
      form,
      '\tform := url.Values{}',
      '',
      ([name, parts]) => `\tform.Add(${GO.text(name)}, ${expression(parts, GO)})`,
    ),
    `\trequest, err := http.NewRequest(${GO.text(method)}, ${GO.text(url)}, ${body})`,
    ...orEnd,
    ...[...contentType, ...headers].map(
      ([name, parts]) => `\trequest.Header.Set(${GO.text(name)}, ${expression(parts, GO)})`,
    ),
    '\tresponse, err := http.DefaultClient.Do(request)',
    ...orEnd,
    '\tdefer response.Body.Close()',
    '\tbody, err := io.ReadAll(response.Body)',
    ...orEnd,
    '\tfmt.Println(response.StatusCode, string(body))',
    '}',
  ].join('\n');
}

function block<T>(items: readonly T[], open: string, close: string, line: (item: T) => string): string[] {
  return items.length === 0 ? [] : [open, ...items.map(line), close];
}

const usesEnvironment = (fields: [string, Part[]][]) =>
  fields.some(([, parts]) => parts.some((part) => typeof part !== 'string'));
