import { LRUCache } from 'lru-cache';

// Sub-domains that are nobody's are remembered too, or anybody could make every request a query.
const MOST = 10_000;

/** Sub-domains and whose they are; told of changes by the bus. While the bus is silent the database is asked. */
export class TenantNames {
  #known = new LRUCache<string, { name: string | null }>({ max: MOST });

  constructor(
    private readonly find: (label: string) => Promise<string | null>,
    private readonly trusted: () => boolean,
  ) {}

  /** @param label of the host, in lower case @returns the organisation's name as it is written, or null */
  async get(label: string): Promise<string | null> {
    const known = this.trusted() ? this.#known.get(label) : undefined;
    if (known) return known.name;
    const name = await this.find(label);
    this.#known.set(label, { name });
    return name;
  }

  clear(): void {
    this.#known.clear();
  }
}
