import type pg from 'pg';
import type { Dialect } from '@/lib/oauth/errors';
import type { EventDetails } from '@/lib/oauth/event-details';
import type { Batch } from './batch';
import type { Brand } from './brand';
import type { Bus } from './bus';
import type { ClientCache } from './client-cache';
import type { Clock } from './clock';
import type { EventLog } from './event-log';
import type { HashQueue } from './hash-queue';
import type { Limits } from './limits';
import type { Log } from './log';
import type { DerivedKeys } from './master-key';
import type { Metrics } from './metrics';
import type { NotBefore } from './not-before';
import type { Settings } from './settings';
import type { KeyRing } from './signing-keys';
import type { TenantNames } from './tenant-names';
import type { VerifiedTokens } from './verified-tokens';

/** A line of a developer's event log. */
export type OAuthEventLine = {
  appId: number;
  userId: string | null;
  connectionId: string | null;
  kind: EventKind;
  /** `ok`, `shown`, or the reason of the refusal. */
  outcome: string;
  dialect: Dialect;
  requestId: string;
  at: Date;
  details: EventDetails;
  /** How many events this line stands for; left out: one. */
  repeats?: number;
  /** What the database knows and the answer did not need: looked up when the line is written. */
  lookUp?: EventLookUp;
};

/** What was asked for. */
export type EventKind = 'authorize' | 'token' | 'refresh' | 'revoke' | 'introspect' | 'token_info';

/** None of it is stored: it finds rows whose times and URIs explain a refusal. */
export type EventLookUp = {
  /** A code of this app. */
  codeDigest?: Buffer;
  /** The redirect URI that was sent with that code. */
  redirectUri?: string;
  /** The last four characters of the app's secrets; of one of them only, where it is named. */
  secrets?: 'all' | { id: string };
  /** Since when the connection's refresh token is dead. */
  deadToken?: boolean;
};

/** A sign that a connection or a secret was used. */
export type Activity = { kind: 'connection' | 'secret'; id: string; at: Date };

/**
 * What becomes of mails: sent by SMTP; kept in a local outbox, in development and with demo data, which everybody or
 * platform admins only may open; or nothing, where nobody has said how to send them.
 */
export type MailWay = { kind: 'smtp' } | { kind: 'outbox'; everybody: boolean } | { kind: 'none' };

/** What a process is made of. The front makes it; Next's bundles find it. */
export type Runtime = {
  settings: Settings;
  brand: Brand;
  log: Log;
  clock: Clock;
  pool: pg.Pool;
  bus: Bus;
  derivedKeys: DerivedKeys;
  signingKeys: KeyRing;
  clients: ClientCache;
  tenantNames: TenantNames;
  /** Whether only this machine reaches us: people of demo data, with their public passwords, sign in nowhere else. */
  loopbackOnly: boolean;
  mails: MailWay;
  notBefore: NotBefore;
  verifiedTokens: VerifiedTokens;
  limits: Limits;
  metrics: Metrics;
  hashes: HashQueue;
  events: EventLog;
  activity: Batch<Activity>;
  /** Ids of connections whose users are to be told of them. */
  newConnections: Batch<string>;
};

// The front's bundle and Next's bundles are two module worlds in one process: what they share hangs here, and nowhere else.
const KEY = Symbol.for('gatehouse.runtime');
const world = globalThis as { [KEY]?: Runtime };

/** @throws Error when the program was not entered through the front */
export function runtime(): Runtime {
  const made = world[KEY];
  if (!made) throw new Error('Gatehouse is entered through server.ts: run npm start or npm run dev');
  return made;
}

export function installRuntime(made: Runtime): void {
  world[KEY] = made;
}
