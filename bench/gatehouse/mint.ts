import { randomBytes, randomUUID } from 'node:crypto';
import { encode } from 'next-auth/jwt';
import pg from 'pg';
import { digestOf, newId } from '@/lib/flows/ids';
import { accessTokenHeader, buildAccessToken, signingInput } from '@/lib/oauth/access-token';
import { CODE_LIFETIME_SECONDS, codeDigest, newCode } from '@/lib/oauth/authorization-code';
import { s256 } from '@/lib/oauth/pkce';
import { keyDigest, newTokenKey, REFRESH_LIFETIME_SECONDS, signRefreshToken } from '@/lib/oauth/refresh-token';
import { type DerivedKeys, loadMasterKeys } from '@/lib/runtime/master-key';
import type { Settings } from '@/lib/runtime/settings';
import { KeyRing } from '@/lib/runtime/signing-keys';
import { loadSigningKeys } from '@/lib/store/signing-keys';
import type { Installation } from './installation';
import { type Grant, makePeople, type People, type Proof, REDIRECT_URI } from './people';

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const SCOPES = 'profile source:w';
/** Rows of one INSERT. */
const BULK = 5_000;

export type MintedCode = { grant: Grant; code: string; verifier: string };
export type MintedFamily = { grant: Grant; token: string; digest: Buffer };

/** Makes codes, families, access tokens and sessions in bulk, in the product's own format and with its own code. */
export class Mint {
  #turn = 0;

  private constructor(
    readonly db: pg.Pool,
    readonly people: People,
    private readonly installation: Installation,
    private readonly keys: DerivedKeys,
    private readonly ring: KeyRing,
  ) {}

  static async open(installation: Installation): Promise<Mint> {
    const db = new pg.Pool({ connectionString: installation.databaseUrl, max: 4, options: '-c TimeZone=UTC' });
    const { masterKey } = installation;
    const keys = loadMasterKeys({ masterKey: { value: masterKey, file: null, previous: null } } as Settings);
    const ring = new KeyRing(keys.sealing, () => loadSigningKeys(db, keys.sealing[0] as Buffer));
    await ring.reload();
    return new Mint(db, await makePeople(db), installation, keys, ring);
  }

  /** Everybody in turn: as in life, the codes of a moment belong to different people. */
  #grants(proof: Proof, count: number): Grant[] {
    const all = this.people.grants[proof];
    return Array.from({ length: count }, () => all[this.#turn++ % all.length] as Grant);
  }

  /** Codes that live two minutes from now. */
  async codes(proof: Proof, count: number): Promise<MintedCode[]> {
    const minted = this.#grants(proof, count).map((grant) => ({
      grant,
      code: newCode('native', randomBytes),
      verifier: randomBytes(32).toString('base64url'),
    }));
    for (let at = 0; at < count; at += BULK) {
      const part = minted.slice(at, at + BULK);
      await this.db.query(
        `INSERT INTO authorization_codes (digest, grant_id, app_id, redirect_uri, scopes, offline_access, code_challenge,
                                          user_agent, ip, lasting, issued_at, expires_at)
         SELECT d, g, a, $4, $5, $6, c, $7, '192.0.2.1', true, db_now(), db_now() + make_interval(secs => $8)
           FROM unnest($1::bytea[], $2::uuid[], $3::int[], $9::text[]) AS x (d, g, a, c)`,
        [
          part.map(({ code }) => codeDigest(code)),
          part.map(({ grant }) => grant.id),
          part.map(({ grant }) => grant.app.id),
          REDIRECT_URI,
          SCOPES,
          proof === 'pkce',
          USER_AGENT,
          CODE_LIFETIME_SECONDS,
          part.map(({ verifier }) => (proof === 'pkce' ? s256(verifier) : null)),
        ],
      );
    }
    return minted;
  }

  /** Connections with a refresh token that has not been used yet. */
  async families(proof: Proof, count: number): Promise<MintedFamily[]> {
    const expiresAt = new Date(Date.now() + REFRESH_LIFETIME_SECONDS * 1000);
    const minted = this.#grants(proof, count).map((grant) => {
      const key = newTokenKey(randomBytes);
      const signing = { key, issuer: this.installation.publicUrl, expiresAt };
      return { grant, token: signRefreshToken(signing, this.keys.refresh[0] as Buffer), digest: keyDigest(key) };
    });
    for (let at = 0; at < count; at += BULK) {
      const part = minted.slice(at, at + BULK);
      await this.db.query(
        `WITH made AS (
           INSERT INTO connections (id, grant_id, app_id, scopes, user_agent, ip, connected_at, issued_at)
           SELECT i, g, a, $5, $6, '192.0.2.1', db_now(), db_now() FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS x (i, g, a))
         INSERT INTO refresh_tokens (connection_id, grant_id, app_id, digest, with_secret, issued_at, expires_at)
         SELECT i, g, a, d, $7, db_now(), $8 FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::bytea[]) AS x (i, g, a, d)`,
        [
          part.map(() => randomUUID()),
          part.map(({ grant }) => grant.id),
          part.map(({ grant }) => grant.app.id),
          part.map(({ digest }) => digest),
          SCOPES,
          USER_AGENT,
          proof === 'secret',
          expiresAt,
        ],
      );
    }
    return minted;
  }

  /** Access tokens of as many connections: no two alike. */
  async accessTokens(count: number): Promise<{ grant: Grant; token: string }[]> {
    const { publicUrl } = this.installation;
    const { signer } = this.ring;
    const header = accessTokenHeader(signer.kid);
    const issued = this.#grants('secret', count).map((grant) => ({ grant, connectionId: randomUUID() }));
    await this.#connect(issued);
    return Promise.all(
      issued.map(async ({ grant, connectionId }) => {
        const claims = buildAccessToken({
          issuer: publicUrl,
          audience: publicUrl,
          tenantName: grant.tenant,
          appId: grant.app.id,
          clientId: grant.app.clientId,
          userId: grant.userId,
          username: grant.username,
          connectionId,
          scope: SCOPES,
          jti: randomUUID(),
          now: new Date(),
        });
        return { grant, token: await signer.sign(signingInput(header, claims)) };
      }),
    );
  }

  async #connect(connections: { grant: Grant; connectionId: string }[]): Promise<void> {
    await this.db.query(
      `INSERT INTO connections (id, grant_id, app_id, scopes, user_agent, ip)
       SELECT i, g, a, $4, $5, '192.0.2.1' FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS x (i, g, a)`,
      [
        connections.map(({ connectionId }) => connectionId),
        connections.map(({ grant }) => grant.id),
        connections.map(({ grant }) => grant.app.id),
        SCOPES,
        USER_AGENT,
      ],
    );
  }

  /** What the browser of somebody who is signed in sends as its session cookie. */
  sealSession(sessionId: string): Promise<string> {
    return encode({ token: { sid: sessionId }, secret: this.keys.session, maxAge: 43_200 });
  }

  /** Authorization requests that wait for the decision of those who are signed in, one of each. */
  async consents(browserIds: readonly string[]): Promise<string[]> {
    const { sessions, grants } = this.people;
    const ids = sessions.map(() => newId(randomBytes));
    const apps = sessions.map((_, at) => grants.pkce[at]?.app);
    await this.db.query(
      `INSERT INTO consent_transactions (digest, browser_digest, dialect, client_id, redirect_uri, scopes, offline_access,
                                         state, code_challenge, expires_at)
       SELECT d, b, 'native', c, $4, 'profile source:w alert:d', true, 'state', $5, now() + interval '10 minutes'
         FROM unnest($1::bytea[], $2::bytea[], $3::text[]) AS x (d, b, c)`,
      [
        ids.map(digestOf),
        browserIds.map(digestOf),
        apps.map((app) => app?.clientId),
        REDIRECT_URI,
        s256(randomBytes(32).toString('base64url')),
      ],
    );
    return ids;
  }

  close(): Promise<void> {
    return this.db.end();
  }
}
