import { addressesOf, authorizationQuery, double, type GuideValues, type RefreshProof } from './values';

/** Programs for Go 1.19 and later. */

export function authorize(values: GuideValues): string {
  const fixed = authorizationQuery(values).map(([name, value]) => `\tquery.Set(${double(name)}, ${double(value)})`);
  return `package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log"
	"net/url"
)

func random() string {
	bytes := make([]byte, 32)
	if _, err := rand.Read(bytes); err != nil {
		log.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func main() {
	state, verifier := random(), random()
	digest := sha256.Sum256([]byte(verifier))

	query := url.Values{}
${fixed.join('\n')}
	query.Set("state", state)
	query.Set("code_challenge", base64.RawURLEncoding.EncodeToString(digest[:]))
	query.Set("code_challenge_method", "S256")

	// Keep both in the user's session until the user comes back.
	fmt.Println("STATE=" + state)
	fmt.Println("CODE_VERIFIER=" + verifier)
	fmt.Println(${double(`${addressesOf(values).authorize}?`)} + query.Encode())
}
`;
}

export function callback({ issuer }: GuideValues): string {
  return `package main

import (
	"fmt"
	"log"
	"net/url"
	"os"
)

func main() {
	// CALLBACK_URL is the address that the browser was sent to, STATE is what you kept.
	callback, err := url.Parse(os.Getenv("CALLBACK_URL"))
	if err != nil {
		log.Fatal(err)
	}
	answer := callback.Query()

	if answer.Get("state") != os.Getenv("STATE") {
		log.Fatal("not an answer to our request")
	}
	if answer.Get("iss") != ${double(issuer)} {
		log.Fatal("not an answer of this server")
	}
	if answer.Has("error") {
		log.Fatal(answer.Get("error") + ": " + answer.Get("error_description"))
	}
	fmt.Println("CODE=" + answer.Get("code"))
}
`;
}

export function refresh(values: GuideValues, proof: RefreshProof): string {
  const secret = proof === 'secret' ? '\n\t\t"client_secret": {os.Getenv("CLIENT_SECRET")},' : '';
  return `package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"
)

// What tokens.json holds. ExpiresAt is in seconds since 1970.
type tokens struct {
	AccessToken  string \`json:"access_token"\`
	RefreshToken string \`json:"refresh_token"\`
	ExpiresAt    int64  \`json:"expires_at"\`
	ExpiresIn    int64  \`json:"expires_in,omitempty"\`
}

const file = "tokens.json"

// The access token; a new one when less than a minute of it is left. One process does this, not several.
func accessToken() (string, error) {
	var kept tokens
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return "", err
	}
	now := time.Now().Unix()
	if kept.ExpiresAt-now > 60 {
		return kept.AccessToken, nil
	}

	response, err := http.PostForm(${double(addressesOf(values).token)}, url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {${double(values.clientId)}},${secret}
		"refresh_token": {kept.RefreshToken},
	})
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode == http.StatusTooManyRequests {
		// Refreshed less than five minutes ago: nothing is lost, the refresh token is still good.
		if kept.ExpiresAt > now {
			return kept.AccessToken, nil
		}
		return "", fmt.Errorf("try again in %s seconds", response.Header.Get("Retry-After"))
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s", body)
	}

	// Keep what came before it is used: the next refresh token may be another one.
	var answer tokens
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", err
	}
	answer.ExpiresAt, answer.ExpiresIn = now+answer.ExpiresIn, 0
	if text, err = json.Marshal(answer); err != nil {
		return "", err
	}
	if err := os.WriteFile(file+".new", text, 0o600); err != nil {
		return "", err
	}
	return answer.AccessToken, os.Rename(file+".new", file)
}

func main() {
	token, err := accessToken()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
`;
}

export function verify({ issuer, apiUrl }: GuideValues): string {
  return `package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math/big"
	"net/http"
	"os"
	"strings"
	"time"
)

const issuer = ${double(issuer)}
const audience = ${double(apiUrl)}

type claims struct {
	Issuer   string \`json:"iss"\`
	Audience string \`json:"aud"\`
	Expires  int64  \`json:"exp"\`
	Username string \`json:"il_u"\`
	Scope    string \`json:"scope"\`
}

func decode(part string) []byte {
	bytes, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil
	}
	return bytes
}

// The public keys by their kid. Keep them for as long as Cache-Control says, and fetch them again when a token names one
// that you don't know.
func fetchKeys() (map[string]*rsa.PublicKey, error) {
	response, err := http.Get(issuer + "/.well-known/jwks.json")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var set struct{ Keys []struct{ Kid, N, E string } }
	if err := json.NewDecoder(response.Body).Decode(&set); err != nil {
		return nil, err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, key := range set.Keys {
		exponent := int(new(big.Int).SetBytes(decode(key.E)).Int64())
		keys[key.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(decode(key.N)), E: exponent}
	}
	return keys, nil
}

// The claims of an access token that is good now, or an error for every other.
func verifyAccessToken(token string, keys map[string]*rsa.PublicKey) (*claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("not a token")
	}
	var header struct{ Alg, Typ, Kid string }
	if err := json.Unmarshal(decode(parts[0]), &header); err != nil {
		return nil, err
	}
	key := keys[header.Kid]
	if header.Alg != "RS256" || header.Typ != "at+jwt" || key == nil {
		return nil, errors.New("not an access token of ours")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], decode(parts[2])); err != nil {
		return nil, err
	}
	var found claims
	if err := json.Unmarshal(decode(parts[1]), &found); err != nil {
		return nil, err
	}
	if found.Issuer != issuer || found.Audience != audience {
		return nil, errors.New("not meant for this API")
	}
	if found.Expires <= time.Now().Unix() {
		return nil, errors.New("expired")
	}
	return &found, nil
}

func main() {
	keys, err := fetchKeys()
	if err != nil {
		log.Fatal(err)
	}
	found, err := verifyAccessToken(os.Getenv("ACCESS_TOKEN"), keys)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found.Username, found.Scope)
}
`;
}
