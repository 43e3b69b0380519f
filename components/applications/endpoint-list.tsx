import { CopyField } from '@/components/ui/copy-field';
import type { I18n } from '@/lib/i18n/i18n';

export type AppEndpoints = { authorize: string; token: string; token_info: string; revoke: string };

const ENDPOINTS = ['authorize', 'token', 'token_info', 'revoke'] as const;

/** The addresses that an application's OAuth client is configured with. */
export function EndpointList({ i18n: { t }, endpoints }: { i18n: I18n; endpoints: AppEndpoints }) {
  return (
    <div className="space-y-4">
      {ENDPOINTS.map((name) => (
        <CopyField
          key={name}
          label={t(`applications.endpoints.${name}`)}
          value={endpoints[name]}
          hint={t(`applications.endpoints.${name}_hint`)}
        />
      ))}
    </div>
  );
}
