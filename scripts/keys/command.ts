/** npm run keys -- list | rotate | remove <kid> | reseal. Bundled at build; started by scripts/keys.mjs, which opens the database. */
import process from 'node:process';
import { PUBLICATION_SECONDS } from '@/lib/oauth/key-rotation';
import type { Runtime } from '@/lib/runtime/runtime';
import { parseSettings } from '@/lib/runtime/settings';
import { closeRuntime, openRuntime } from '@/lib/store/open';
import { listSigningKeys, publishNextKey, removeSigningKey, resealSigningKeys } from '@/lib/store/signing-keys';

async function list({ pool }: Runtime): Promise<void> {
  for (const { kid, state, createdAt } of await listSigningKeys(pool)) {
    console.log(`${kid}  ${state.toLowerCase().padEnd(8)}  made ${createdAt.toISOString()}`);
  }
}

async function rotate({ pool, derivedKeys }: Runtime): Promise<void> {
  const kid = await publishNextKey(pool, derivedKeys.sealing[0] as Buffer);
  console.log(`${kid} is published. A running server lets it sign in ${PUBLICATION_SECONDS / 60} minutes.`);
}

async function remove({ pool, derivedKeys }: Runtime, kid: string | undefined): Promise<void> {
  if (!kid) throw new Error('Which one? npm run keys -- remove <kid>');
  if (!(await removeSigningKey(pool, derivedKeys.sealing[0] as Buffer, kid))) {
    throw new Error('There is no such key, or it is gone already: npm run keys -- list');
  }
  console.log(`${kid} is gone. Every access token that it signed is inactive.`);
}

async function reseal({ pool, derivedKeys }: Runtime): Promise<void> {
  for (const { kid, outcome } of await resealSigningKeys(pool, derivedKeys.sealing)) {
    console.log(outcome === 'resealed' ? `${kid} is sealed under MASTER_KEY now.` : `${kid} was so before.`);
  }
  console.log('The signing keys need no previous master key. Refresh tokens may: see README, "In production".');
}

const commands: Record<string, (runtime: Runtime, argument?: string) => Promise<void>> = {
  list,
  rotate,
  remove,
  reseal,
};

async function main([name = '', argument]: string[]): Promise<void> {
  const chosen = commands[name];
  if (!chosen) throw new Error(`One of: ${Object.keys(commands).join(', ')}`);
  const runtime = await openRuntime(parseSettings(process.env));
  try {
    await chosen(runtime, argument);
  } finally {
    await closeRuntime(runtime);
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error((error as Error).message);
  // A runtime that could not open leaves connections that would keep the process alive.
  process.exit(1);
});
