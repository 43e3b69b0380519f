import { LRUCache } from 'lru-cache';
import type { Client } from '@/lib/oauth/client';

/** Clients by client_id, bounded, told of changes by the bus. While the bus is silent every look-up asks the database. */
export class ClientCache {
  #clients = new LRUCache<string, Client>({
    max: 10_000,
    dispose: (client) => {
      this.#byApp.delete(client.id);
    },
  });
  #byApp = new Map<number, string>();
  #generation = 0;

  constructor(
    private readonly load: (clientId: string) => Promise<Client | null>,
    private readonly trusted: () => boolean,
  ) {}

  /** @returns the client, or null when there is none of that id */
  async get(clientId: string): Promise<Client | null> {
    const known = this.trusted() ? this.#clients.get(clientId) : undefined;
    if (known) return known;
    const generation = this.#generation;
    const client = await this.load(clientId);
    // A change that was told while we were reading may not be in what we read: use it once, don't keep it.
    if (client && generation === this.#generation) {
      this.#clients.set(clientId, client);
      this.#byApp.set(client.id, clientId);
    }
    return client;
  }

  forgetApp(appId: number): void {
    this.#generation++;
    const clientId = this.#byApp.get(appId);
    if (clientId !== undefined) this.#clients.delete(clientId);
    this.#byApp.delete(appId);
  }

  clear(): void {
    this.#generation++;
    this.#clients.clear();
    this.#byApp.clear();
  }
}
