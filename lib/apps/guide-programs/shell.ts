import { addressesOf, authorizationQuery, type GuideValues, type RefreshProof, shellWord } from './values';

/** Programs for a POSIX shell with curl and openssl. */

export function authorize(values: GuideValues): string {
  const query = new URLSearchParams(authorizationQuery(values));
  return `# Needs openssl. Keep STATE and CODE_VERIFIER until the user comes back.
STATE=$(openssl rand -hex 16)
CODE_VERIFIER=$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')
CODE_CHALLENGE=$(printf %s "$CODE_VERIFIER" | openssl dgst -sha256 -binary |
  openssl base64 | tr '+/' '-_' | tr -d '=')

echo "STATE=$STATE"
echo "CODE_VERIFIER=$CODE_VERIFIER"

# Open this address in a browser.
printf '%s' ${shellWord(addressesOf(values).authorize)}
printf '%s' ${shellWord(`?${query}`)}
printf '%s\\n' "&state=$STATE&code_challenge=$CODE_CHALLENGE&code_challenge_method=S256"
`;
}

export function refresh(values: GuideValues, proof: RefreshProof): string {
  const secret = proof === 'secret' ? '  --data-urlencode "client_secret=$CLIENT_SECRET" \\\n' : '';
  return `# The file refresh_token holds the token of the last answer. One process refreshes, not several.
STATUS=$(curl -sS -o answer.json -D headers.txt -w '%{http_code}' ${shellWord(addressesOf(values).token)} \\
  -d grant_type=refresh_token \\
  -d client_id=${shellWord(values.clientId)} \\
${secret}  --data-urlencode "refresh_token@refresh_token")

if [ "$STATUS" = 429 ]; then
  # Refreshed less than five minutes ago: nothing is lost, use the access token that you have.
  echo "try again in $(sed -n 's/^[Rr]etry-[Aa]fter: *\\([0-9]*\\).*/\\1/p' headers.txt) seconds" >&2
  exit 75
fi
if [ "$STATUS" != 200 ]; then
  cat answer.json >&2
  exit 1
fi

# Keep what came before it is used: the next refresh token may be another one.
umask 077
sed -n 's/.*"refresh_token":"\\([^"]*\\)".*/\\1/p' answer.json | tr -d '\\n' > refresh_token.new
mv refresh_token.new refresh_token
sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p' answer.json
rm -f answer.json headers.txt
`;
}
