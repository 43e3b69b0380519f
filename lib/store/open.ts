import { setTimeout as wait } from 'node:timers/promises';
import { Batch } from '@/lib/runtime/batch';
import { loadBrand } from '@/lib/runtime/brand';
import { Bus } from '@/lib/runtime/bus';
import { ClientCache } from '@/lib/runtime/client-cache';
import { Clock } from '@/lib/runtime/clock';
import { exchangeCounts } from '@/lib/runtime/count-exchange';
import { connectionConfig, openPool } from '@/lib/runtime/database';
import { EventLog } from '@/lib/runtime/event-log';
import { HashQueue } from '@/lib/runtime/hash-queue';
import { Limits } from '@/lib/runtime/limits';
import { type Log, openLog } from '@/lib/runtime/log';
import { loadMasterKeys } from '@/lib/runtime/master-key';
import { Metrics } from '@/lib/runtime/metrics';
import { NotBefore } from '@/lib/runtime/not-before';
import { installRuntime, type Runtime } from '@/lib/runtime/runtime';
import type { Settings } from '@/lib/runtime/settings';
import { KeyRing } from '@/lib/runtime/signing-keys';
import { TenantNames } from '@/lib/runtime/tenant-names';
import { VerifiedTokens } from '@/lib/runtime/verified-tokens';
import { findClient } from './clients';
import { writeActivity, writeEvents } from './events';
import { findTenantName } from './installation';
import { findNotBefore, loadNotBefore } from './not-before';
import { loadSigningKeys } from './signing-keys';
import { tellOfConnections } from './told';

/**
 * Makes the process's runtime over the database and installs it.
 * @param worker the number of this process where several serve: its log lines carry it
 * @throws SettingsError without a usable master key; Error when that key is not the one that sealed the database's keys
 */
export async function openRuntime(settings: Settings, worker: number | null = null): Promise<Runtime> {
  const log = openLog(settings.logLevel, worker);
  const brand = loadBrand(settings);
  const derivedKeys = loadMasterKeys(settings);
  const pool = openPool(settings);
  const clock = new Clock();
  const bus = new Bus(connectionConfig(settings.databaseUrl), clock, log);
  const trusted = () => bus.alive;

  const metrics = new Metrics();
  const signingKeys = new KeyRing(
    derivedKeys.sealing,
    () => loadSigningKeys(pool, derivedKeys.sealing[0] as Buffer),
    (signature) => metrics.signing(signature),
  );
  const clients = new ClientCache((clientId) => findClient(pool, clientId), trusted);
  const tenantNames = new TenantNames((label) => findTenantName(pool, label), trusted);
  const notBefore = new NotBefore(
    () => loadNotBefore(pool),
    (subjects) => findNotBefore(pool, subjects),
    trusted,
  );
  bus.onConnected(async () => {
    clients.clear();
    tenantNames.clear();
    await signingKeys.reload();
    await notBefore.reload();
  });
  bus.onNotice((payload) => {
    const [kind, detail = '', ...rest] = payload.split(':');
    if (kind === 'app') clients.forgetApp(Number(detail));
    if (kind === 'tenants') {
      clients.clear();
      tenantNames.clear();
    }
    if (kind === 'not_before') notBefore.note(rest.join(':'), Number(detail));
    if (kind === 'keys') void reloadUntilDone(signingKeys, log);
  });
  const limits = new Limits(settings, pool);
  exchangeCounts(limits, bus, log);
  await bus.start();

  const made: Runtime = {
    settings,
    brand,
    log,
    clock,
    pool,
    bus,
    derivedKeys,
    signingKeys,
    clients,
    tenantNames,
    loopbackOnly: false,
    mails: settings.smtp ? { kind: 'smtp' } : { kind: 'none' },
    notBefore,
    verifiedTokens: new VerifiedTokens(),
    limits,
    metrics,
    hashes: new HashQueue(),
    events: new EventLog(
      (lines) => writeEvents(pool, lines),
      log,
      () => clock.now(),
    ),
    activity: new Batch((signs) => writeActivity(pool, signs), log),
    newConnections: new Batch((ids) => tellOfConnections(pool, ids), log),
  };
  metrics.watch(made);
  installRuntime(made);
  return made;
}

const RETRY_MS = 250;

/** A key that was removed must not go on verifying because the database was busy when we were told. */
async function reloadUntilDone(keys: KeyRing, log: Log): Promise<void> {
  for (;;) {
    try {
      return await keys.reload();
    } catch (error) {
      log.error({ err: error }, 'could not reload signing keys, trying again');
      await wait(RETRY_MS, undefined, { ref: false });
    }
  }
}

/** Writes what is waiting and closes every connection. */
export async function closeRuntime(made: Runtime): Promise<void> {
  await made.events.stop();
  await made.activity.stop();
  await made.newConnections.stop();
  await made.bus.stop();
  await made.pool.end();
}
