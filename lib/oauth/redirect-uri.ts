/**
 * Which redirect URIs may be registered and which sent ones match. RFC 9700 §4.1.3: exact string matching; RFC 8252
 * §7.3: any port on a loopback address. Matching never parses: what two parsers read differently, bytes cannot.
 */

/** Path of the playground's redirect URI, below the issuer: nobody registers it (lib/oauth/playground). */
export const PLAYGROUND_PATH = '/playground/callback';

export const MAX_REDIRECT_URIS = 20;
export const MAX_REDIRECT_URI_LENGTH = 2000;

// `rest` starts with a slash, a question mark or nothing, so that neither userinfo nor a longer host fits in.
const LOOPBACK_WITH_PORT = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost):([1-9][0-9]{0,4})((?:[/?].*)?)$/;
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]+)?(?:[/?]|$)/;

// RFC 6761 §6.3: localhost and all names below it; RFC 1122 §3.2.1.3: all of 127/8, and 0.0.0.0, which connects to this
// machine on most systems, as :: does; RFC 4291 §2.5.5.2: the same written as IPv6 addresses. Of a parsed host name.
const THIS_MACHINE =
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\])$/;

/**
 * Whether a sent redirect URI is one of the registered ones, byte for byte. One exception: a loopback URI registered
 * without a port matches any port from 1 to 65535 in plain decimal (RFC 8252 §7.3; `localhost` included, many
 * command line clients send it).
 */
export function matchesRegistered(sent: string, registered: readonly string[]): boolean {
  if (registered.includes(sent)) return true;
  const loopback = LOOPBACK_WITH_PORT.exec(sent);
  if (!loopback) return false;
  const [, host = '', port = '', rest = ''] = loopback;
  return Number(port) <= 65535 && registered.includes(`http://${host}${rest}`);
}

/** Whether the URI is one that RFC 8252 §7.3 speaks of: by http to a loopback host, where any port may match. */
export function isLoopback(uri: string): boolean {
  return LOOPBACK.test(uri);
}

/**
 * Whether the URI leads to a program on the user's own machine, whatever its scheme: who listens on a port there is not
 * known, with a certificate neither (RFC 8252 §8.6). Nothing is compared by it.
 */
export function leadsToThisMachine(uri: string): boolean {
  if (isPrivateScheme(uri) || !URL.canParse(uri)) return false;
  return THIS_MACHINE.test(new URL(uri).hostname);
}

/** Whether the URI leads to an app by a scheme of its own (RFC 8252 §7.1). */
export function isPrivateScheme(uri: string): boolean {
  return !/^https?:/i.test(uri);
}

/** Where a redirect leads, for people: the host (with a port that is not the default), or the scheme of an app. */
export function redirectTarget(uri: string): { kind: 'host'; host: string } | { kind: 'app'; scheme: string } {
  const url = new URL(uri);
  return isPrivateScheme(uri) ? { kind: 'app', scheme: url.protocol.slice(0, -1) } : { kind: 'host', host: url.host };
}

/**
 * The CSP source that lets a form's redirect go to this URI: Chromium applies `form-action` to redirects after a POST.
 * CSP has no syntax for IPv6 hosts, so `[::1]` takes the whole scheme.
 */
export function redirectOrigin(uri: string): string {
  const url = new URL(uri);
  return isPrivateScheme(uri) || url.hostname.startsWith('[') ? url.protocol : url.origin;
}

export type RegistrationContext = {
  /**
   * Hosts that this server answers on (`app.example.com`, or `localhost:3000`), whose sub-domains count too. A loopback
   * URI is compared with its port, because other ports of this machine belong to the developer.
   */
  ownHosts: readonly string[];
  /** How many URIs the app would have with this one. */
  count?: number;
};

/** What can be wrong with a redirect URI that a developer enters. */
export type RedirectUriProblem =
  | 'too_many'
  | 'empty'
  | 'too_long'
  | 'script_scheme'
  | 'control'
  | 'not_ascii'
  | 'backslash'
  | 'wildcard'
  | 'fragment'
  | 'damaged_percent'
  | 'encoded_control'
  | 'two_dots'
  | 'incomplete'
  | 'userinfo'
  | 'host_characters'
  | 'not_normalized'
  | 'response_parameter'
  | 'own_host'
  | 'playground'
  | 'trailing_dot'
  | 'plain_http'
  | 'scheme_not_reversed';

// They would stand twice in the answer, and a client that reads the first one reads the attacker's (RFC 9700 §4.4).
const RESPONSE_PARAMETERS = new Set(['code', 'state', 'error', 'error_description', 'iss', 'response']);

// C0, space and DEL: the WHATWG parser drops or trims some of them, so the browser would go where nobody compared.
const CONTROL_OR_SPACE = /[\p{Cc} ]/u;
const ENCODED_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
const DAMAGED_PERCENT = /%(?![0-9a-f]{2})/i;
const SCRIPT_SCHEME = /^(?:javascript|data|vbscript|blob|file|about|view-source|filesystem):/i;

/**
 * Why a redirect URI cannot be registered, or null when it can (RFC 9700 §2.6 and §4.1, RFC 8252 §7, OAuth 2.1 §2.3.1).
 */
export function redirectUriProblem(uri: string, context: RegistrationContext): RedirectUriProblem | null {
  if ((context.count ?? 1) > MAX_REDIRECT_URIS) return 'too_many';
  return spellingProblem(uri) ?? destinationProblem(uri, context.ownHosts);
}

function spellingProblem(uri: string): RedirectUriProblem | null {
  if (uri === '') return 'empty';
  if (uri.length > MAX_REDIRECT_URI_LENGTH) {
    return 'too_long';
  }
  // Browsers ignore TAB and line breaks inside a scheme, so the scheme is looked at without them.
  if (SCRIPT_SCHEME.test(uri.replace(/[\p{Cc} ]/gu, ''))) {
    return 'script_scheme';
  }
  if (CONTROL_OR_SPACE.test(uri)) return 'control';
  if (/[^\x21-\x7e]/.test(uri)) {
    return 'not_ascii';
  }
  if (uri.includes('\\')) return 'backslash';
  if (uri.includes('*')) return 'wildcard';
  if (uri.includes('#')) return 'fragment';
  if (DAMAGED_PERCENT.test(uri)) return 'damaged_percent';
  if (ENCODED_CONTROL.test(uri)) return 'encoded_control';
  if (uri.replace(/%2e/gi, '.').includes('..')) return 'two_dots';
  return null;
}

function destinationProblem(uri: string, ownHosts: readonly string[]): RedirectUriProblem | null {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (!url) return 'incomplete';
  // An empty one, too. What a browser takes for one without two slashes is not written the way a browser does.
  if (/^[^/?]*\/\/[^/?]*@/.test(uri)) {
    return 'userinfo';
  }
  const scheme = schemeProblem(uri, url);
  if (scheme) return scheme;
  // The host becomes a source in our pages' Content-Security-Policy, where `;` and `,` would end it.
  if (!/^(?:[a-z0-9.-]*|\[[0-9a-f:.]+\])$/.test(url.hostname)) {
    return 'host_characters';
  }
  // The browser must go exactly where we compare: no upper case host, default port, missing slash, odd IP notation.
  if (url.href !== uri) {
    return 'not_normalized';
  }
  for (const key of url.searchParams.keys()) {
    if (RESPONSE_PARAMETERS.has(key.replace(/\[.*/, '').toLowerCase())) {
      return 'response_parameter';
    }
  }
  if (isPlayground(uri, url, ownHosts)) return 'playground';
  if (isOwn(url, isLoopback(uri), ownHosts)) return 'own_host';
  return null;
}

function schemeProblem(uri: string, url: URL): RedirectUriProblem | null {
  if (url.protocol === 'https:') {
    return url.hostname.endsWith('.') ? 'trailing_dot' : null;
  }
  if (url.protocol === 'http:') {
    return isLoopback(uri) ? null : 'plain_http';
  }
  // RFC 8252 §7.1: a reversed domain name, so that two apps do not claim one scheme by accident.
  return url.protocol.includes('.') ? null : 'scheme_not_reversed';
}

function isOwn(url: URL, loopback: boolean, ownHosts: readonly string[]): boolean {
  if (isPrivateScheme(url.href)) return false;
  return ownHosts.some((own) => {
    const base = own.toLowerCase();
    if (loopback) return url.host === base;
    const name = base.replace(/:[0-9]+$/, '');
    return url.hostname === name || url.hostname.endsWith(`.${name}`);
  });
}

/** The playground's address on a host of ours; without a port, too, for then it would match ours. */
function isPlayground(uri: string, url: URL, ownHosts: readonly string[]): boolean {
  if (url.pathname !== PLAYGROUND_PATH) return false;
  const loopback = isLoopback(uri);
  if (isOwn(url, loopback, ownHosts)) return true;
  return loopback && url.port === '' && ownHosts.some((own) => url.host === own.toLowerCase().replace(/:[0-9]+$/, ''));
}
