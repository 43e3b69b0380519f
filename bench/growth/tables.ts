import { randomBytes } from 'node:crypto';
import { nameKey } from '@/lib/apps/names';
import { DAY_MS } from '@/lib/apps/time-zones';
import type { Value } from './copy';
import {
  clientIdOf,
  codeOf,
  grantOf,
  grantOfConnection,
  idOf,
  isEnded,
  refreshKeyOf,
  rotates,
  rotatingOf,
  type Shape,
  secretOf,
  sha256,
  tenantOfApp,
  tenantOfUser,
} from './shape';

export const REDIRECT_URI = 'https://client.example/cb';
export const SCOPES = 'profile source:w';
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

const HOUR = 3_600_000;

export type Table = { name: string; columns: string[]; rows: Iterable<Value[]> };

/** Every table, in an order in which the ones below need the ones above. @param passwordHash everybody's */
export function tablesOf(shape: Shape, passwordHash: string, now: number): Table[] {
  const table = (name: string, columns: string, count: number, row: (n: number) => Value[]): Table => ({
    name,
    columns: columns.split(' '),
    rows: rowsOf(count, row),
  });
  const daysAgo = (n: number, most: number) => new Date(now - ((n * 7_919) % (most * 1_440)) * 60_000);
  const grantAt = (n: number) => grantOf(shape, grantOfConnection(shape, n));
  return [
    table('tenants', 'id name display_name created_at', shape.tenants, (n) => [
      n + 1,
      `tenant${n}`,
      `Tenant ${n}`,
      daysAgo(n, 900),
    ]),
    table(
      'users',
      'id tenant_id username email verified_email password_hash first_name last_name role created_at',
      shape.users,
      (n) => [
        idOf('user', n),
        tenantOfUser(shape, n) + 1,
        `user${n}`,
        `user${n}@growth.example`,
        `user${n}@growth.example`,
        passwordHash,
        'Given',
        `Family ${n}`,
        n < shape.tenants ? 'DEVELOPER' : 'MEMBER',
        daysAgo(n, 800),
      ],
    ),
    table('apps', 'id tenant_id created_by_id name name_key description client_id created_at', shape.apps, (n) => [
      n + 1,
      tenantOfApp(shape, n) + 1,
      idOf('user', tenantOfApp(shape, n)),
      `Application ${n}`,
      `${nameKey('Application')} ${n}`,
      'Synchronises what is here with what is there, every hour.',
      clientIdOf(n),
      daysAgo(n, 700),
    ]),
    table('app_secrets', 'id app_id digest last_four', shape.apps, (n) => [
      idOf('secret', n),
      n + 1,
      sha256(secretOf(n)),
      secretOf(n).slice(-4),
    ]),
    table('redirect_uris', 'app_id uri', shape.apps, (n) => [n + 1, REDIRECT_URI]),
    table('app_activity', 'app_id last_activity_at', shape.apps, (n) => [n + 1, daysAgo(n, 30)]),
    table('grants', 'id user_id app_id scopes granted_at', shape.grants, (n) => {
      const { user, app } = grantOf(shape, n);
      return [idOf('grant', n), idOf('user', user), app + 1, SCOPES, daysAgo(n, 360)];
    }),
    table(
      'connections',
      'id grant_id app_id scopes user_agent ip connected_at issued_at last_activity_at ended_at ended_reason',
      shape.connections,
      (n) => {
        const at = daysAgo(n, 360);
        const ended = isEnded(n) ? daysAgo(n, 29) : null;
        const ids = [idOf('connection', n), idOf('grant', grantOfConnection(shape, n)), grantAt(n).app + 1];
        return [...ids, SCOPES, USER_AGENT, '192.0.2.1', at, at, at, ended, ended && 'evicted'];
      },
    ),
    table(
      'refresh_tokens',
      'id connection_id grant_id app_id digest with_secret issued_at expires_at revoked_at revoked_reason',
      shape.connections,
      (n) => {
        const at = daysAgo(n, 360);
        const ended = isEnded(n) ? daysAgo(n, 29) : null;
        const ids = [
          idOf('token', n),
          idOf('connection', n),
          idOf('grant', grantOfConnection(shape, n)),
          grantAt(n).app + 1,
        ];
        const expires = new Date(at.getTime() + 365 * DAY_MS);
        return [...ids, sha256(refreshKeyOf(n)), !rotates(n), at, expires, ended, ended && 'evicted'];
      },
    ),
    table('retired_refresh_tokens', 'digest refresh_token_id retired_at', shape.retired, (n) => [
      sha256(`retired ${n}`),
      idOf('token', (rotatingOf(shape, n) * 4) % shape.connections),
      daysAgo(n, 29),
    ]),
    table(
      'authorization_codes',
      'digest grant_id app_id redirect_uri scopes offline_access issued_at expires_at redeemed_at connection_id',
      shape.codes,
      (n) => {
        const at = daysAgo(n, 1);
        const ids = [sha256(codeOf(n)), idOf('grant', grantOfConnection(shape, n)), grantAt(n).app + 1];
        return [...ids, REDIRECT_URI, SCOPES, false, at, new Date(at.getTime() + 120_000), at, idOf('connection', n)];
      },
    ),
    table('sessions', 'id user_id user_agent ip created_at expires_at', shape.sessions, (n) => {
      const at = daysAgo(n, 29);
      return [
        idOf('session', n),
        idOf('user', n % shape.users),
        USER_AGENT,
        '192.0.2.1',
        at,
        new Date(at.getTime() + DAY_MS / 2),
      ];
    }),
    table('oauth_events', 'app_id user_id connection_id kind outcome request_id at', shape.events, (n) => [
      grantAt(n).app + 1,
      idOf('user', grantAt(n).user),
      idOf('connection', n % shape.connections),
      'refresh',
      'ok',
      randomBytes(9).toString('base64url'),
      daysAgo(n, 89),
    ]),
    // Each app has been counted for some hours, each of them once.
    table('app_event_counts', 'app_id hour kind outcome events', Math.ceil(shape.events / 10), (n) => [
      (n % shape.apps) + 1,
      new Date(Math.floor(now / HOUR) * HOUR - Math.floor(n / shape.apps) * HOUR),
      'refresh',
      'ok',
      10,
    ]),
    table('app_connection_counts', 'app_id hour live', Math.ceil(shape.events / 2), (n) => [
      (n % shape.apps) + 1,
      new Date(Math.floor(now / HOUR) * HOUR - (Math.floor(n / shape.apps) + 1) * HOUR),
      n % 50,
    ]),
    table('audit_events', 'tenant_id actor_id user_id kind subject at', shape.audit, (n) => [
      tenantOfUser(shape, n % shape.users) + 1,
      idOf('user', n % shape.users),
      idOf('user', n % shape.users),
      'signed_in',
      `app:${(n % shape.apps) + 1}`,
      daysAgo(n, 390),
    ]),
  ];
}

function* rowsOf(count: number, row: (n: number) => Value[]): Generator<Value[]> {
  for (let n = 0; n < count; n++) yield row(n);
}
