import type { Client } from '@/lib/oauth/client';
import { type CacheStatistics, ToldCache } from './told-cache';

/** Clients by client_id. */
export class ClientCache {
  #byApp = new Map<number, string>();
  #clients: ToldCache<Client>;

  constructor(load: (clientId: string) => Promise<Client | null>, trusted: () => boolean) {
    this.#clients = new ToldCache(load, trusted, { onDropped: (client) => void this.#byApp.delete(client.id) });
  }

  /** @returns the client, or null when there is none of that id */
  get(clientId: string): Promise<Client | null> {
    return this.#clients.get(clientId, (client) => this.#byApp.set(client.id, clientId));
  }

  /** The client, if it was asked for before: asks memory only. */
  peek(clientId: string): Client | null {
    return this.#clients.peek(clientId) ?? null;
  }

  forgetApp(appId: number): void {
    this.#clients.forget(this.#byApp.get(appId));
  }

  get statistics(): CacheStatistics {
    return this.#clients.statistics;
  }

  clear(): void {
    this.#clients.clear();
  }
}
