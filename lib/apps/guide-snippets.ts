import { formatScopes, OFFLINE_ACCESS, type Scope } from '@/lib/oauth/scopes';
import * as go from './guide-programs/go';
import * as node from './guide-programs/node';
import * as python from './guide-programs/python';
import * as shell from './guide-programs/shell';
import { addressesOf, type GuideValues } from './guide-programs/values';
import { asSnippet, type SnippetLanguage, type SnippetRequest, type SnippetValue } from './snippets';

/**
 * The snippets of the guides: single requests by the generator of requests, longer programs by the templates beside this
 * file. All are complete programs on standard libraries, and tests run each of them. Secrets, codes and tokens come from
 * the environment.
 */

export type { GuideValues } from './guide-programs/values';

export const GUIDE_SNIPPETS = [
  'authorize',
  'authorize_offline',
  'callback',
  'exchange_secret',
  'exchange_pkce',
  'call',
  'refresh_secret',
  'refresh_pkce',
  'token_info',
  'introspect',
  'verify',
  'revoke',
] as const;
export type GuideSnippet = (typeof GUIDE_SNIPPETS)[number];

/** An app as far as snippets tell of it. */
export type GuideApp = {
  id: number;
  name: string;
  clientId: string;
  redirectUri: string | null;
  /** null: it may ask for everything. */
  scopes: readonly Scope[] | null;
};

/** What stands where no app is chosen. */
const PLACEHOLDERS = { clientId: 'YOUR_CLIENT_ID', redirectUri: 'https://your-app.example/callback' };

/** The values of an app, or readable ones in the place of what it lacks. */
export function guideValues(at: Pick<GuideValues, 'issuer' | 'apiUrl'>, app: GuideApp | null): GuideValues {
  return {
    issuer: at.issuer,
    apiUrl: at.apiUrl,
    clientId: app?.clientId ?? PLACEHOLDERS.clientId,
    redirectUri: app?.redirectUri ?? PLACEHOLDERS.redirectUri,
    scope: app?.scopes && app.scopes.length > 0 ? formatScopes(app.scopes) : 'profile',
  };
}

/** A snippet in a language, or null where that language can't do it with what it brings along. */
export function guideSnippet(name: GuideSnippet, language: SnippetLanguage, values: GuideValues): string | null {
  const request = requestOf(name, values);
  if (request) return `${asSnippet(language, request)}\n`;
  return PROGRAMS[language](name, values);
}

const env = (name: string): SnippetValue => ({ env: name });

/** What is one request and nothing more. */
function requestOf(name: GuideSnippet, values: GuideValues): SnippetRequest | null {
  const addresses = addressesOf(values);
  const post = (url: string, form: [string, SnippetValue][]): SnippetRequest => ({
    method: 'POST',
    url,
    headers: {},
    form,
  });
  switch (name) {
    case 'exchange_secret':
      return post(addresses.token, [
        ['grant_type', 'authorization_code'],
        ['client_id', values.clientId],
        ['client_secret', env('CLIENT_SECRET')],
        ['code', env('CODE')],
        ['code_verifier', env('CODE_VERIFIER')],
      ]);
    case 'exchange_pkce':
      return post(addresses.token, [
        ['grant_type', 'authorization_code'],
        ['client_id', values.clientId],
        ['code', env('CODE')],
        ['code_verifier', env('CODE_VERIFIER')],
      ]);
    case 'call':
      return { method: 'GET', url: addresses.user, headers: { Authorization: ['Bearer ', { env: 'ACCESS_TOKEN' }] } };
    case 'token_info':
      return post(addresses.tokenInfo, [['token', env('ACCESS_TOKEN')]]);
    case 'introspect':
      return post(addresses.introspect, [
        ['client_id', values.clientId],
        ['client_secret', env('CLIENT_SECRET')],
        ['token', env('ACCESS_TOKEN')],
      ]);
    case 'revoke':
      return post(addresses.revoke, [['token', env('REFRESH_TOKEN')]]);
    default:
      return null;
  }
}

type Program = (name: GuideSnippet, values: GuideValues) => string | null;

const offline = (values: GuideValues): GuideValues => ({ ...values, scope: `${values.scope} ${OFFLINE_ACCESS}` });

const PROGRAMS: Record<SnippetLanguage, Program> = {
  curl: (name, values) => {
    if (name === 'authorize') return shell.authorize(values);
    if (name === 'authorize_offline') return shell.authorize(offline(values));
    if (name === 'refresh_secret') return shell.refresh(values, 'secret');
    return name === 'refresh_pkce' ? shell.refresh(values, 'pkce') : null;
  },
  node: (name, values) =>
    name === 'authorize_offline' ? node.authorizeInBrowsers(offline(values)) : programIn(node, name, values),
  python: (name, values) => programIn(python, name, values),
  go: (name, values) => programIn(go, name, values),
};

function programIn(language: typeof go, name: GuideSnippet, values: GuideValues): string | null {
  switch (name) {
    case 'authorize':
      return language.authorize(values);
    case 'authorize_offline':
      return language.authorize(offline(values));
    case 'callback':
      return language.callback(values);
    case 'refresh_secret':
      return language.refresh(values, 'secret');
    case 'refresh_pkce':
      return language.refresh(values, 'pkce');
    case 'verify':
      return language.verify(values);
    default:
      return null;
  }
}
