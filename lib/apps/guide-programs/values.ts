/** What a guide's snippets are filled in with: addresses of the installation, and what is public about an app. */
export type GuideValues = {
  issuer: string;
  /** Base of the API, `aud` of access tokens. */
  apiUrl: string;
  clientId: string;
  redirectUri: string;
  /** Canonical scope text. */
  scope: string;
};

/** Addresses that snippets call. */
export const addressesOf = ({ issuer, apiUrl }: Pick<GuideValues, 'issuer' | 'apiUrl'>) => ({
  authorize: `${issuer}/api/developers/oauth2/authorize`,
  token: `${issuer}/api/developers/oauth2/token`,
  tokenInfo: `${issuer}/api/developers/oauth2/token_info`,
  revoke: `${issuer}/api/developers/oauth2/revoke`,
  introspect: `${issuer}/oauth2/introspect`,
  jwks: `${issuer}/.well-known/jwks.json`,
  user: `${apiUrl}/api/users/current`,
});

/** A text between the quotes of a language. Registered redirect URIs, client ids and addresses are printable ASCII. */
export const single = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
export const double = (text: string) => JSON.stringify(text);
/** One word for a POSIX shell. */
export const shellWord = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The fixed part of an authorization request's query, in its order; state and challenge are made anew each time. */
export const authorizationQuery = ({ clientId, redirectUri, scope }: GuideValues): [string, string][] => [
  ['response_type', 'code'],
  ['client_id', clientId],
  ['redirect_uri', redirectUri],
  ['scope', scope],
];

/** How an app proves itself when it refreshes. */
export type RefreshProof = 'secret' | 'pkce';
