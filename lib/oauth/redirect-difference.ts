import { cut, quoted, writable } from './quoting';
import { isLoopback } from './redirect-uri';

/**
 * In what a redirect URI differs from a registered one: for the developer who looks for the reason of a refusal. Nothing
 * here decides anything; what matches is decided without taking apart (redirect-uri.ts).
 */

/** The parts of a URI (RFC 3986 appendix B), and mistakes that are made with them. */
export type DifferentPart =
  | 'space_around'
  | 'encoded_twice'
  | 'scheme'
  | 'userinfo'
  | 'loopback_name'
  | 'host_case'
  | 'host_www'
  | 'host'
  | 'port'
  | 'slash_added'
  | 'slash_missing'
  | 'path_case'
  | 'path_encoding'
  | 'path_longer'
  | 'path_shorter'
  | 'path'
  | 'query_added'
  | 'query_missing'
  | 'query'
  | 'fragment'
  | 'other';

/** `sent` and `registered` are the two values, where they are short and help; empty ones were not there. */
export type Difference = { part: DifferentPart; sent?: string; registered?: string };

type Parts = {
  scheme: string;
  userinfo: string | null;
  host: string;
  port: string | null;
  path: string;
  query: string | null;
  fragment: string | null;
};

const URI = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

function partsOf(uri: string): Parts {
  const [, scheme = '', authority = '', path = '', query, fragment] = URI.exec(uri) ?? [];
  const at = authority.lastIndexOf('@');
  const place = authority.slice(at + 1);
  const [, host = place, port] = /^(.*?)(?::([^:\]]*))?$/s.exec(place) ?? [];
  return {
    scheme,
    userinfo: at < 0 ? null : authority.slice(0, at),
    host,
    port: port ?? null,
    path,
    query: query ?? null,
    fragment: fragment ?? null,
  };
}

/** Every difference of a sent URI from a registered one, the first part first; none exactly where the two are equal. */
export function redirectDifferences(sent: string, registered: string): Difference[] {
  if (sent === registered) return [];
  if (sent.trim() === registered) return [{ part: 'space_around' }];
  if (!sent.includes('/') && decoded(sent) === registered) return [{ part: 'encoded_twice' }];
  const [is, should] = [partsOf(sent), partsOf(registered)];
  const found = [
    ...different('scheme', is.scheme, should.scheme),
    ...(is.userinfo === should.userinfo ? [] : [{ part: 'userinfo' as const }]),
    ...hostDifference(is.host, should.host),
    ...portDifference(is, should, isLoopback(registered)),
    ...pathDifference(is.path, should.path),
    ...queryDifference(is.query, should.query),
    ...(is.fragment === should.fragment ? [] : [{ part: 'fragment' as const }]),
  ];
  return found.length > 0 ? found : [{ part: 'other' }];
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const different = (part: DifferentPart, sent: string, registered: string): Difference[] =>
  sent === registered ? [] : [{ part, sent, registered }];

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const bare = (host: string) =>
  host.toLowerCase().startsWith('www.') ? host.toLowerCase().slice(4) : host.toLowerCase();

function hostDifference(sent: string, registered: string): Difference[] {
  if (sent === registered) return [];
  if (sent.toLowerCase() === registered.toLowerCase()) return different('host_case', sent, registered);
  if (LOOPBACK_NAMES.includes(sent) && LOOPBACK_NAMES.includes(registered))
    return different('loopback_name', sent, registered);
  return different(bare(sent) === bare(registered) ? 'host_www' : 'host', sent, registered);
}

/** A loopback URI that is registered without a port takes any. */
function portDifference(sent: Parts, registered: Parts, loopback: boolean): Difference[] {
  if (sent.port === registered.port) return [];
  if (loopback && registered.port === null && /^[1-9][0-9]{0,4}$/.test(sent.port ?? '') && Number(sent.port) <= 65535)
    return [];
  return [{ part: 'port', sent: sent.port ?? '', registered: registered.port ?? '' }];
}

function pathDifference(sent: string, registered: string): Difference[] {
  if (sent === registered) return [];
  if (sent === `${registered}/`) return [{ part: 'slash_added' }];
  if (`${sent}/` === registered) return [{ part: 'slash_missing' }];
  if (sent.toLowerCase() === registered.toLowerCase()) return different('path_case', sent, registered);
  const plain = decoded(sent);
  if (plain !== null && plain === decoded(registered)) return different('path_encoding', sent, registered);
  const folder = (path: string) => (path.endsWith('/') ? path : `${path}/`);
  if (sent.startsWith(folder(registered))) return different('path_longer', sent, registered);
  if (registered.startsWith(folder(sent))) return different('path_shorter', sent, registered);
  return different('path', sent, registered);
}

function queryDifference(sent: string | null, registered: string | null): Difference[] {
  if (sent === registered) return [];
  if (registered === null) return [{ part: 'query_added' }];
  if (sent === null) return [{ part: 'query_missing' }];
  return [{ part: 'query' }];
}

// How far apart two URIs are by what differs: another host is another place, a slash is a slip.
const WEIGHTS: Partial<Record<DifferentPart, number>> = { host: 100, path: 20, path_longer: 12, path_shorter: 12 };
const SLIP = 2;

function distance(sent: string, registered: string): number {
  const weight = redirectDifferences(sent, registered).reduce((sum, { part }) => sum + (WEIGHTS[part] ?? SLIP), 0);
  let common = 0;
  while (common < sent.length && sent[common] === registered[common]) common += 1;
  // Among equals the one that is alike for longer.
  return weight - common / (sent.length + 1);
}

/** Of the registered URIs the one that a sent one was most likely meant to be; null when none is registered. */
export function nearestRegistered(sent: string, registered: readonly string[]): string | null {
  const ranked = registered.map((uri) => ({ uri, far: distance(sent, uri) })).sort((a, b) => a.far - b.far);
  return ranked[0]?.uri ?? null;
}

/** What the log says about a redirect URI that was refused. */
export type RedirectDifference = { sent: string; registered: string | null; differs: Difference[] };

const MOST_OF_URI = 300;
const MOST_OF_PART = 80;

/** Compares what was sent with the nearest of what is registered, in words that may be kept (see quoting.ts). */
export function explainRedirect(sent: string, registered: readonly string[]): RedirectDifference {
  const nearest = nearestRegistered(sent, registered);
  const differs = nearest === null ? [] : redirectDifferences(sent, nearest);
  return {
    sent: quotedUri(sent, registered),
    registered: nearest === null ? null : cut(nearest, MOST_OF_URI),
    differs: differs.slice(0, 8).map(({ part, sent: is, registered: should }) => ({
      part,
      ...(is === undefined ? {} : { sent: quoted(is, MOST_OF_PART, registered) }),
      ...(should === undefined ? {} : { registered: cut(should, MOST_OF_PART) }),
    })),
  };
}

/** A URI without what may be secret in it: values of a query that nobody registered, a fragment, a name before the host. */
function quotedUri(uri: string, known: readonly string[]): string {
  const mark = /[?#]/.exec(uri)?.index ?? uri.length;
  // A host may be long and have digits in it (that of a preview, say): it is no key.
  const [place = '', origin = ''] = /^([^/?#]*\/\/[^/?#]*)?.*/s.exec(uri.slice(0, mark)) ?? [];
  const tail = `${quotedQuery(partsOf(uri).query, known)}${uri.includes('#') ? '#…' : ''}`;
  const [slashes, at] = [origin.indexOf('//'), origin.lastIndexOf('@')];
  const host = at <= slashes ? origin : `${origin.slice(0, slashes)}//…${origin.slice(at)}`;
  const rest = place.slice(origin.length, origin.length + MOST_LOOKED_AT) + tail;
  return cut(writable(host, MOST_OF_URI) + quoted(rest, MOST_OF_URI, known), MOST_OF_URI);
}

/** Units of a part of a URI that are looked at: more than is shown of it. */
const MOST_LOOKED_AT = 1_000;

/** A query with names only, and the values that somebody registered. */
function quotedQuery(query: string | null, known: readonly string[]): string {
  if (query === null) return '';
  const whole = query.length <= MOST_LOOKED_AT;
  const pairs = query.slice(0, MOST_LOOKED_AT).split('&');
  const shown = pairs.map((pair, place) => {
    const equals = pair.indexOf('=');
    const isWhole = whole || place < pairs.length - 1;
    if (equals < 0) return isWhole ? pair : '…';
    return isWhole && known.some((own) => own.includes(pair)) ? pair : `${pair.slice(0, equals)}=…`;
  });
  return `?${shown.join('&')}`;
}
