import { type CacheStatistics, ToldCache } from './told-cache';

/** Sub-domains and whose they are. Those that are nobody's are kept too, or anybody could make every request a query. */
export class TenantNames {
  #names: ToldCache<{ name: string | null }>;

  constructor(find: (label: string) => Promise<string | null>, trusted: () => boolean) {
    this.#names = new ToldCache(async (label) => ({ name: await find(label) }), trusted, {
      isWorthless: ({ name }) => name === null,
    });
  }

  /** Whether `get` will answer without asking the database. @param label of the host, in lower case */
  knows(label: string): boolean {
    return this.#names.peek(label) !== undefined;
  }

  /** @param label of the host, in lower case @returns the organisation's name as it is written, or null */
  async get(label: string): Promise<string | null> {
    return (await this.#names.get(label))?.name ?? null;
  }

  get statistics(): CacheStatistics {
    return this.#names.statistics;
  }

  clear(): void {
    this.#names.clear();
  }
}
