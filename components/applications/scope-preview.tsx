import { AccessList } from '@/components/consent/access-list';
import type { BoundScope } from '@/lib/apps/verification';
import type { I18n } from '@/lib/i18n/i18n';
import { describeScope, formatScope } from '@/lib/oauth/scopes';

type PreviewedApp = { name: string; neverExpires: boolean; secrets: readonly unknown[] };
type ScopePreviewProps = { i18n: I18n; app: PreviewedApp; scopes: readonly BoundScope[] };

/** The list of the grant screen, as an app that asks for all that it has declared makes it. */
export function ScopePreview({ i18n, app, scopes }: ScopePreviewProps) {
  const asked = scopes.map((scope) => ({
    ...describeScope(scope),
    scope: formatScope(scope),
    optional: scope.optional,
    ticked: true,
    purpose: scope.purpose,
  }));
  const offline = app.neverExpires ? 'never_expires' : app.secrets.length > 0 ? 'year' : 'none';
  return (
    <fieldset disabled className="max-w-card text-sm">
      <legend className="sr-only">{i18n.t('applications.scopes.preview')}</legend>
      <AccessList i18n={i18n} question={{ app, scopes: asked, newOnly: false, offline }} />
    </fieldset>
  );
}
