import { addressesOf, authorizationQuery, type GuideValues, type RefreshProof, single } from './values';

/** Programs for Node 20 and later, as modules. */

const queryLines = (values: GuideValues, indent: string) =>
  authorizationQuery(values)
    .map(([name, value]) => `${indent}${name}: ${single(value)},`)
    .join('\n');

export function authorize(values: GuideValues): string {
  return `import { createHash, randomBytes } from 'node:crypto';

const state = randomBytes(16).toString('hex');
const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

const url = new URL(${single(addressesOf(values).authorize)});
url.search = new URLSearchParams({
${queryLines(values, '  ')}
  state,
  code_challenge: challenge,
  code_challenge_method: 'S256',
});

// Keep both in the user's session until the user comes back.
console.log(\`STATE=\${state}\`);
console.log(\`CODE_VERIFIER=\${verifier}\`);
console.log(url.href);
`;
}

/** The same with Web Crypto, which browsers have as well. */
export function authorizeInBrowsers(values: GuideValues): string {
  return `// Runs in browsers, too: everything here is Web Crypto.
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const state = random();
const verifier = random();
const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));

const url = new URL(${single(addressesOf(values).authorize)});
url.search = new URLSearchParams({
${queryLines(values, '  ')}
  state,
  code_challenge: base64url(new Uint8Array(digest)),
  code_challenge_method: 'S256',
});

// Keep both until the user comes back: in a browser, in sessionStorage.
console.log(\`STATE=\${state}\`);
console.log(\`CODE_VERIFIER=\${verifier}\`);
console.log(url.href);
`;
}

export function callback({ issuer }: GuideValues): string {
  return `// CALLBACK_URL is the address that the browser was sent to, STATE is what you kept.
const answer = new URL(process.env.CALLBACK_URL).searchParams;

if (answer.get('state') !== process.env.STATE) throw new Error('not an answer to our request');
if (answer.get('iss') !== ${single(issuer)}) throw new Error('not an answer of this server');
if (answer.has('error')) throw new Error(\`\${answer.get('error')}: \${answer.get('error_description')}\`);

console.log(\`CODE=\${answer.get('code')}\`);
`;
}

export function refresh(values: GuideValues, proof: RefreshProof): string {
  const secret = proof === 'secret' ? '\n      client_secret: process.env.CLIENT_SECRET,' : '';
  return `import { readFile, rename, writeFile } from 'node:fs/promises';

/** tokens.json: access_token, refresh_token, and expires_at in seconds since 1970. */
const FILE = 'tokens.json';

/** The access token; a new one when less than a minute of it is left. One process does this, not several. */
async function accessToken() {
  const kept = JSON.parse(await readFile(FILE, 'utf8'));
  const now = Math.floor(Date.now() / 1000);
  if (kept.expires_at - now > 60) return kept.access_token;

  const response = await fetch(${single(addressesOf(values).token)}, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: ${single(values.clientId)},${secret}
      refresh_token: kept.refresh_token,
    }),
  });
  if (response.status === 429) {
    // Refreshed less than five minutes ago: nothing is lost, the refresh token is still good.
    if (kept.expires_at > now) return kept.access_token;
    throw new Error(\`try again in \${response.headers.get('Retry-After')} seconds\`);
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(\`\${answer.code}: \${answer.error}\`);

  // Keep what came before it is used: the next refresh token may be another one.
  const tokens = {
    access_token: answer.access_token,
    refresh_token: answer.refresh_token,
    expires_at: now + answer.expires_in,
  };
  await writeFile(\`\${FILE}.new\`, JSON.stringify(tokens), { mode: 0o600 });
  await rename(\`\${FILE}.new\`, FILE);
  return tokens.access_token;
}

console.log(await accessToken());
`;
}

export function verify({ issuer, apiUrl }: GuideValues): string {
  return `import { createPublicKey, verify } from 'node:crypto';

const ISSUER = ${single(issuer)};
const AUDIENCE = ${single(apiUrl)};

// Keep the keys for as long as Cache-Control says, and fetch them again when a token names one that you don't know.
const { keys } = await (await fetch(\`\${ISSUER}/.well-known/jwks.json\`)).json();

/** The claims of an access token that is good now. Throws for every other. */
function verifyAccessToken(token) {
  const [head, body, signature] = token.split('.');
  const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

  const { alg, typ, kid } = read(head);
  const jwk = keys.find((key) => key.kid === kid);
  if (alg !== 'RS256' || typ !== 'at+jwt' || !jwk) throw new Error('not an access token of ours');

  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(\`\${head}.\${body}\`);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) throw new Error('the signature is wrong');

  const claims = read(body);
  if (claims.iss !== ISSUER || claims.aud !== AUDIENCE) throw new Error('not meant for this API');
  if (claims.exp <= Date.now() / 1000) throw new Error('expired');
  return claims;
}

const claims = verifyAccessToken(process.env.ACCESS_TOKEN);
console.log(claims.il_u, claims.scope);
`;
}
