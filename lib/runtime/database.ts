import pg from 'pg';
import type { Settings } from './settings';

// Whatever the database answers with must come in time: a paused one is an error of ours within five seconds, not a hang.
// A request may wait for a connection first, so it is the sum that counts.
const STATEMENT_TIMEOUT_MS = 2_500;
const CONNECTION_TIMEOUT_MS = 1_500;
// A transaction whose process hangs gives its locks back.
const IDLE_IN_TRANSACTION_MS = 10_000;
/** SQLSTATE: a change on a server that only reads. */
const READ_ONLY = '25006';

/** Connection settings that every connection needs: session time zone UTC, for Prisma's adapter sends and reads times without zone. */
export function connectionConfig(databaseUrl: string): pg.ClientConfig {
  return {
    connectionString: databaseUrl,
    options: `-c TimeZone=UTC -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
    application_name: 'gatehouse',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 500,
  };
}

/** Two mails at a time, one connection that hears of new ones, and one for what else the queue does. */
const MAIL_CONNECTIONS = 4;

/** The queue of mails has connections of its own: what waits for mail servers keeps no request from the database. */
export function openMailPool({ databaseUrl }: Settings): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(databaseUrl), max: MAIL_CONNECTIONS });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Enough that one that keeps house or holds a transaction leaves others. */
const LEAST_OF_A_PROCESS = 3;

/** The one pool of a process, shared by Prisma and the hot statements: its share of the instance's connections. */
export function openPool({ databaseUrl, databasePoolSize, processes }: Settings): pg.Pool {
  const share = Math.max(Math.min(LEAST_OF_A_PROCESS, databasePoolSize), Math.floor(databasePoolSize / processes));
  const pool = new pg.Pool({ ...connectionConfig(databaseUrl), max: share });
  // A connection that breaks is replaced at the next query; without listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const readOnly = new WeakSet<pg.ClientBase>();
  pool.on('connect', (client) => {
    (client as pg.PoolClient & pg.Client).connection.on('errorMessage', ({ code }: { code?: string }) => {
      if (code === READ_ONLY) readOnly.add(client);
    });
  });
  // A client-side time-out leaves the statement, or its transaction, running: such a connection must serve nobody else,
  // or their statements become part of a transaction that nobody commits. And where changes are refused because the
  // server was switched over to another one, only a new connection gets to that one.
  pool.on('release', (_error, client) => {
    if (client.getTransactionStatus() !== 'I' || readOnly.has(client)) void client.end().catch(() => undefined);
  });
  return pool;
}
