import { Resolver } from 'node:dns/promises';

/** What a look-up of TXT records found. A record is a list of strings that belong together. */
export type TxtAnswer =
  | { kind: 'records'; records: string[][] }
  /** The name exists without TXT records, or does not exist. */
  | { kind: 'none' }
  /** No server answered, or none wanted to: try again later. */
  | { kind: 'failed'; code: string };

const TIMEOUT_MS = 2_000;
const TRIES = 2;
const NOT_THERE = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Looks up TXT records: the one request that leaves this server on behalf of a user. Nothing is fetched from what it
 * finds, so a name that answers differently each time (rebinding) gains nothing.
 * @param servers addresses, with a port if it is not 53; empty: those of the system
 */
export async function lookUpTxt(name: string, servers: readonly string[]): Promise<TxtAnswer> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  try {
    return { kind: 'records', records: await resolver.resolveTxt(name) };
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? 'UNKNOWN');
    return NOT_THERE.has(code) ? { kind: 'none' } : { kind: 'failed', code };
  }
}
