import type { AppEndpoints } from '@/components/applications/endpoint-list';
import type { Settings } from '@/lib/runtime/settings';

/**
 * The addresses an application is configured with. They follow the configured public URL, never the request's host; the
 * token URL names the client, as the guides write it.
 */
export function endpointsOf(settings: Pick<Settings, 'publicUrl'>, clientId: string): AppEndpoints {
  const base = `${settings.publicUrl}/api/developers/oauth2`;
  return {
    authorize: `${base}/authorize`,
    token: `${base}/token?client_id=${clientId}`,
    token_info: `${base}/token_info`,
    revoke: `${base}/revoke`,
  };
}
