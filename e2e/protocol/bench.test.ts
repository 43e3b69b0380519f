import { expect, test } from 'vitest';
import { GatehouseSubject } from '@/bench/gatehouse/subject';
import { drive } from '@/bench/measure/drive';
import { ALL_OPERATIONS } from '@/bench/subject';
import { openInstallation, startServer } from '../fixtures/server';

// What the benchmark asks and how it judges, not how fast it is: a figure of operations that fail would say nothing.
test('each operation of the benchmark works, and its answers are verified', async () => {
  const own = await openInstallation();
  const server = await startServer({ ...own, env: { DEMO_DATA: 'never' } });
  const subject = await GatehouseSubject.open({
    databaseUrl: own.databaseUrl,
    masterKey: own.masterKey,
    publicUrl: server.origin,
    port: server.port,
    pid: server.pid,
    stop: () => server.stop(),
  });
  try {
    for (const operation of ALL_OPERATIONS) {
      const requests = await subject.prepare(operation, 20);
      const { answers } = await drive(subject.origin, requests, { connections: 4, seconds: 30 });
      expect(answers).toHaveLength(20);
      await subject.verify(operation, answers);
      // What is revoked shows in the database alone.
      const empty = subject.verify(operation, [{ status: 200, body: '' }]);
      if (operation === 'revoke') await empty;
      else await expect(empty, operation).rejects.toThrow();
      await expect(subject.verify(operation, [{ status: 500, body: '' }]), operation).rejects.toThrow('500');
    }
  } finally {
    await subject.stop();
    await own.close();
  }
}, 120_000);
