import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type pg from 'pg';
import { keyDigest } from '@/lib/oauth/refresh-token';
import type { Answer, Operation } from '../subject';
import type { Installation } from './installation';
import type { MintedFamily } from './mint';

/** What an answer must agree with. */
export type Behind = { families: readonly MintedFamily[]; usernames: readonly string[] };

type Tokens = { access_token: string; refresh_token: string };

/** Judges answers after the measured window: each has its status, its signature and its row in the database. */
export class Verifier {
  private constructor(
    private readonly installation: Installation,
    private readonly db: pg.Pool,
    private readonly keys: ReturnType<typeof createLocalJWKSet>,
  ) {}

  static async open(installation: Installation, db: pg.Pool): Promise<Verifier> {
    const answer = await fetch(`${installation.publicUrl}/.well-known/jwks.json`);
    return new Verifier(installation, db, createLocalJWKSet((await answer.json()) as JSONWebKeySet));
  }

  /** @throws Error with the first answer that is not what was asked for */
  async judge(operation: Operation, answers: readonly Answer[], behind: Behind): Promise<void> {
    for (const { status, body } of answers)
      if (status !== 200) throw new Error(`${operation} answered ${status}: ${body.slice(0, 300)}`);
    if (operation.startsWith('exchange') || operation.startsWith('refresh')) return this.#tokens(operation, answers);
    if (operation === 'revoke') return this.#revoked(behind.families.slice(0, answers.length));
    for (const [at, { body }] of answers.entries()) {
      if (!isRight(operation, body, behind.usernames[at] ?? '', this.installation.publicUrl))
        throw new Error(`${operation} answered something else: ${body.slice(0, 300)}`);
    }
  }

  /** RFC 9068 §4 by an independent library, and RFC 6749 §6: the refresh token is one that the database knows. */
  async #tokens(operation: Operation, answers: readonly Answer[]): Promise<void> {
    const tokens = answers.map(({ body }) => JSON.parse(body) as Tokens);
    const { publicUrl } = this.installation;
    const expected = { issuer: publicUrl, audience: publicUrl, typ: 'at+jwt', algorithms: ['RS256'] };
    const ids = await Promise.all(
      tokens.map(async ({ access_token }) => (await jwtVerify(access_token, this.keys, expected)).payload.jti),
    );
    if (new Set(ids).size !== ids.length) throw new Error(`${operation}: two access tokens have one jti`);
    const digests = tokens.map(({ refresh_token }) => keyDigest(keyOf(refresh_token)));
    const { rows } = await this.db.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM unnest($1::bytea[]) d
        WHERE EXISTS (SELECT FROM refresh_tokens WHERE digest = d) OR EXISTS (SELECT FROM refresh_tokens WHERE pending_digest = d)`,
      [digests],
    );
    if (rows[0]?.n !== tokens.length)
      throw new Error(`${operation}: ${rows[0]?.n} of ${tokens.length} refresh tokens are in the database`);
  }

  async #revoked(families: readonly MintedFamily[]): Promise<void> {
    const { rows } = await this.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM refresh_tokens WHERE digest = ANY ($1) AND revoked_at IS NOT NULL',
      [families.map(({ digest }) => digest)],
    );
    if (rows[0]?.n !== families.length)
      throw new Error(`revoke: ${rows[0]?.n} of ${families.length} families are revoked`);
  }
}

function keyOf(refreshToken: string): string {
  return JSON.parse(Buffer.from(refreshToken.split('.')[1] ?? '', 'base64url').toString()).il_k;
}

function isRight(operation: Operation, body: string, username: string, issuer: string): boolean {
  switch (operation) {
    case 'token-info':
    case 'token-info-again':
    case 'introspect': {
      const answer = JSON.parse(body);
      return answer.active === true && answer.username === username;
    }
    case 'users-current':
      return JSON.parse(body).username === username;
    case 'jwks':
      return typeof JSON.parse(body).keys[0].kid === 'string';
    case 'metadata':
      return JSON.parse(body).issuer === issuer;
    case 'page-sign-in':
      return body.includes('name="password"');
    case 'page-consent':
      return body.includes('Bench App') && body.includes(username);
    case 'page-connections':
    case 'page-applications':
      return body.includes('Bench App');
    default:
      return false;
  }
}
