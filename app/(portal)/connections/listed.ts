import type { ListedGrant } from '@/components/connections/connection-list';
import { type AddressPolicy, shownAddress } from '@/lib/apps/addresses';
import type { ConnectedApp } from '@/lib/store/connection-views';

/** A connected app as the list shows it: addresses only as far as the organisation lets them be seen. */
export function listed({ connections, ...app }: ConnectedApp, policy: AddressPolicy): ListedGrant {
  return {
    ...app,
    connections: connections.map(({ ip, ...client }) => ({ ...client, address: shownAddress(ip, policy) })),
  };
}
