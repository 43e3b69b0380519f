import { CopyField } from '@/components/ui/copy-field';

export type AppEndpoints = { authorize: string; token: string; tokenInfo: string; revoke: string };

/** The addresses that an application's OAuth client is configured with. */
export function EndpointList({ endpoints }: { endpoints: AppEndpoints }) {
  return (
    <div className="space-y-4">
      <CopyField label="Authorize URL" value={endpoints.authorize} hint="GET, in the user’s browser" />
      <CopyField label="Token URL" value={endpoints.token} hint="POST" />
      <CopyField label="Token info URL" value={endpoints.tokenInfo} hint="POST, with an access token" />
      <CopyField label="Revoke URL" value={endpoints.revoke} hint="POST, with a refresh token" />
    </div>
  );
}
