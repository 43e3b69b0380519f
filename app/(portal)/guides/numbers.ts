import { MAX_NAME_LENGTH, MIN_NAME_LENGTH } from '@/lib/apps/names';
import { MAX_LIVE_SECRETS } from '@/lib/apps/secrets';
import { ACCESS_LIFETIME_SECONDS } from '@/lib/oauth/access-token';
import { CODE_LIFETIME_SECONDS, MAX_CODE_FAILURES } from '@/lib/oauth/authorization-code';
import { MAX_STATE_LENGTH } from '@/lib/oauth/authorization-request';
import { MAX_SILENT_GRANTS_PER_HOUR } from '@/lib/oauth/consent';
import { JWKS_MAX_AGE_SECONDS } from '@/lib/oauth/key-rotation';
import { FORM_LIMITS } from '@/lib/oauth/params';
import { MAX_REDIRECT_URIS } from '@/lib/oauth/redirect-uri';
import { MAX_REFRESH_TOKENS, REFRESH_INTERVAL_SECONDS, REFRESH_LIFETIME_SECONDS } from '@/lib/oauth/refresh-token';
import type { Settings } from '@/lib/runtime/settings';
import { CONSENT_LIFETIME_SECONDS } from '@/lib/store/consent-transactions';

/** Every number that the guides tell, from where it is in force. */
export function guideNumbers(settings: Settings) {
  return {
    codeMinutes: CODE_LIFETIME_SECONDS / 60,
    codeFailures: MAX_CODE_FAILURES,
    consentMinutes: CONSENT_LIFETIME_SECONDS / 60,
    accessHours: ACCESS_LIFETIME_SECONDS / 3_600,
    refreshDays: REFRESH_LIFETIME_SECONDS / 86_400,
    refreshMinutes: REFRESH_INTERVAL_SECONDS / 60,
    refreshTokens: MAX_REFRESH_TOKENS,
    silentGrants: MAX_SILENT_GRANTS_PER_HOUR,
    keyMinutes: JWKS_MAX_AGE_SECONDS / 60,
    stateLength: MAX_STATE_LENGTH,
    redirectUrls: MAX_REDIRECT_URIS,
    secrets: MAX_LIVE_SECRETS,
    minName: MIN_NAME_LENGTH,
    maxName: MAX_NAME_LENGTH,
    formCharacters: FORM_LIMITS.characters,
    formParameters: FORM_LIMITS.parameters,
    apiRequests: settings.apiRequestsPerMinute,
    pageRequests: settings.pageRequestsPerMinute,
    clientRequests: settings.clientRequestsPerMinute,
    credentialFailures: settings.credentialFailures,
  };
}
