import type { WireResponse } from '@/lib/oauth/wire';

/** A request of a machine, as a flow sees it: no sockets, no framework. */
export type MachineRequest = {
  method: string;
  /** The last part of the path, by which limits know an endpoint: both dialects of one share it. */
  endpoint: string;
  /** Without the question mark. */
  query: string;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  authorization: string | undefined;
  ifNoneMatch: string | undefined;
  /** Decoded as UTF-8. */
  body: string;
  /** The client's address, by way of trusted proxies only. */
  address: string;
  requestId: string;
};

/** What a flow answers with. */
export type MachineAnswer = Omit<WireResponse, 'body'> & { body: string | Buffer };
