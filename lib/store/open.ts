import { Batch } from '@/lib/runtime/batch';
import { Bus } from '@/lib/runtime/bus';
import { ClientCache } from '@/lib/runtime/client-cache';
import { Clock } from '@/lib/runtime/clock';
import { exchangeCounts } from '@/lib/runtime/count-exchange';
import { connectionConfig, openPool } from '@/lib/runtime/database';
import { Limits } from '@/lib/runtime/limits';
import { openLog } from '@/lib/runtime/log';
import { loadMasterKeys } from '@/lib/runtime/master-key';
import { NotBefore } from '@/lib/runtime/not-before';
import { installRuntime, type Runtime } from '@/lib/runtime/runtime';
import type { Settings } from '@/lib/runtime/settings';
import { KeyRing } from '@/lib/runtime/signing-keys';
import { findClient } from './clients';
import { writeActivity, writeEvents } from './events';
import { findNotBefore, loadNotBefore } from './not-before';
import { loadSigningKeys } from './signing-keys';

/**
 * Makes the process's runtime over the database and installs it.
 * @throws SettingsError without a usable master key; Error when that key is not the one that sealed the database's keys
 */
export async function openRuntime(settings: Settings): Promise<Runtime> {
  const log = openLog(settings.logLevel);
  const derivedKeys = loadMasterKeys(settings);
  const pool = openPool(settings);
  const clock = new Clock();
  const bus = new Bus(connectionConfig(settings.databaseUrl), clock, log);
  const trusted = () => bus.alive;

  const signingKeys = new KeyRing(derivedKeys.sealing, () => loadSigningKeys(pool, derivedKeys.sealing[0] as Buffer));
  const clients = new ClientCache((clientId) => findClient(pool, clientId), trusted);
  const notBefore = new NotBefore(
    () => loadNotBefore(pool),
    (subjects) => findNotBefore(pool, subjects),
    trusted,
  );
  bus.onConnected(async () => {
    clients.clear();
    await signingKeys.reload();
    await notBefore.reload();
  });
  bus.onNotice((payload) => {
    const [kind, detail = '', ...rest] = payload.split(':');
    if (kind === 'app') clients.forgetApp(Number(detail));
    if (kind === 'tenants') clients.clear();
    if (kind === 'not_before') notBefore.note(rest.join(':'), Number(detail));
    if (kind === 'keys')
      signingKeys.reload().catch((error) => log.error({ err: error }, 'could not reload signing keys'));
  });
  const limits = new Limits(settings, pool);
  exchangeCounts(limits, bus, log);
  await bus.start();

  const made: Runtime = {
    settings,
    log,
    clock,
    pool,
    bus,
    derivedKeys,
    signingKeys,
    clients,
    notBefore,
    limits,
    events: new Batch((lines) => writeEvents(pool, lines), log),
    activity: new Batch((signs) => writeActivity(pool, signs), log),
  };
  installRuntime(made);
  return made;
}

/** Writes what is waiting and closes every connection. */
export async function closeRuntime(made: Runtime): Promise<void> {
  await made.events.stop();
  await made.activity.stop();
  await made.bus.stop();
  await made.pool.end();
}
