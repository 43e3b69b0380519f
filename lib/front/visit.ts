import type { ServedHost } from './hosts';

/** What the front has found out about a request before anything else happens. */
export type Visit = {
  requestId: string;
  /** The client's address, by way of trusted proxies only. */
  address: string;
  host: ServedHost;
  path: string;
  /** Without the question mark. */
  query: string;
};
