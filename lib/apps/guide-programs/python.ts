import { addressesOf, authorizationQuery, type GuideValues, type RefreshProof, single } from './values';

/** Programs for Python 3.9 and later. */

export function authorize(values: GuideValues): string {
  const fixed = authorizationQuery(values).map(([name, value]) => `    ${single(name)}: ${single(value)},`);
  return `import base64
import hashlib
import secrets
from urllib.parse import urlencode

state = secrets.token_hex(16)
verifier = secrets.token_urlsafe(32)
digest = hashlib.sha256(verifier.encode()).digest()
challenge = base64.urlsafe_b64encode(digest).rstrip(b'=').decode()

query = urlencode({
${fixed.join('\n')}
    'state': state,
    'code_challenge': challenge,
    'code_challenge_method': 'S256',
})

# Keep both in the user's session until the user comes back.
print(f'STATE={state}')
print(f'CODE_VERIFIER={verifier}')
print(${single(addressesOf(values).authorize)} + '?' + query)
`;
}

export function callback({ issuer }: GuideValues): string {
  return `import os
from urllib.parse import parse_qs, urlsplit

# CALLBACK_URL is the address that the browser was sent to, STATE is what you kept.
query = parse_qs(urlsplit(os.environ['CALLBACK_URL']).query)
answer = {name: values[0] for name, values in query.items()}

if answer.get('state') != os.environ['STATE']:
    raise SystemExit('not an answer to our request')
if answer.get('iss') != ${single(issuer)}:
    raise SystemExit('not an answer of this server')
if 'error' in answer:
    raise SystemExit(f"{answer['error']}: {answer['error_description']}")

print('CODE=' + answer['code'])
`;
}

export function refresh(values: GuideValues, proof: RefreshProof): string {
  const secret = proof === 'secret' ? "\n        'client_secret': os.environ['CLIENT_SECRET']," : '';
  return `import json
import os
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

# tokens.json: access_token, refresh_token, and expires_at in seconds since 1970.
FILE = 'tokens.json'


def access_token():
    """The access token; a new one when less than a minute of it is left. One process does this, not several."""
    with open(FILE) as file:
        kept = json.load(file)
    now = int(time.time())
    if kept['expires_at'] - now > 60:
        return kept['access_token']

    form = urlencode({
        'grant_type': 'refresh_token',
        'client_id': ${single(values.clientId)},${secret}
        'refresh_token': kept['refresh_token'],
    })
    try:
        answer = json.load(urlopen(${single(addressesOf(values).token)}, form.encode()))
    except HTTPError as refusal:
        if refusal.code != 429:
            raise SystemExit(refusal.read().decode())
        # Refreshed less than five minutes ago: nothing is lost, the refresh token is still good.
        if kept['expires_at'] > now:
            return kept['access_token']
        raise SystemExit(f"try again in {refusal.headers['Retry-After']} seconds")

    # Keep what came before it is used: the next refresh token may be another one.
    tokens = {
        'access_token': answer['access_token'],
        'refresh_token': answer['refresh_token'],
        'expires_at': now + answer['expires_in'],
    }
    with open(os.open(FILE + '.new', os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as file:
        json.dump(tokens, file)
    os.replace(FILE + '.new', FILE)
    return tokens['access_token']


print(access_token())
`;
}

export function verify({ issuer, apiUrl }: GuideValues): string {
  return `# Python's own library has no RSA: pip install cryptography
import base64
import json
import os
import time
from urllib.request import urlopen

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

ISSUER = ${single(issuer)}
AUDIENCE = ${single(apiUrl)}

# Keep the keys for as long as Cache-Control says, and fetch them again when a token names one that you don't know.
keys = json.load(urlopen(ISSUER + '/.well-known/jwks.json'))['keys']


def decode(part):
    return base64.urlsafe_b64decode(part + '=' * (-len(part) % 4))


def number(part):
    return int.from_bytes(decode(part), 'big')


def verify_access_token(token):
    """The claims of an access token that is good now. Raises for every other."""
    head, body, signature = token.split('.')

    header = json.loads(decode(head))
    jwk = next((key for key in keys if key['kid'] == header['kid']), None)
    if header['alg'] != 'RS256' or header['typ'] != 'at+jwt' or jwk is None:
        raise ValueError('not an access token of ours')

    key = RSAPublicNumbers(number(jwk['e']), number(jwk['n'])).public_key()
    key.verify(decode(signature), f'{head}.{body}'.encode(), PKCS1v15(), SHA256())

    claims = json.loads(decode(body))
    if claims['iss'] != ISSUER or claims['aud'] != AUDIENCE:
        raise ValueError('not meant for this API')
    if claims['exp'] <= time.time():
        raise ValueError('expired')
    return claims


claims = verify_access_token(os.environ['ACCESS_TOKEN'])
print(claims['il_u'], claims['scope'])
`;
}
