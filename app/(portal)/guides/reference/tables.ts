import type { CodeRow, EndpointRow, ErrorEntry } from '@/components/guides/reference';
import type { I18n } from '@/lib/i18n/i18n';
import { ENDPOINT_NAMES, ENDPOINTS, refusalOf } from '@/lib/oauth/endpoints';
import {
  codeOf,
  type Dialect,
  descriptionOf,
  OAuthError,
  type OAuthErrorCode,
  REASONS,
  type Reason,
} from '@/lib/oauth/errors';

/** The tables of the reference, read off what the endpoints live by. */

export function endpointRows({ t }: I18n): EndpointRow[] {
  return ENDPOINT_NAMES.map((name) => {
    const found = ENDPOINTS.filter((endpoint) => endpoint.name === name);
    const pathIn = (dialect: Dialect) => found.find((endpoint) => endpoint.dialect === dialect)?.path ?? null;
    return {
      name,
      what: t(`guides.api.${name}.summary`),
      method: found[0]?.method ?? '',
      documented: pathIn('native'),
      standard: pathIn('rfc'),
    };
  });
}

/** The machine's words in the order of the catalogue. */
export const CODES: readonly OAuthErrorCode[] = [...new Set(REASONS.map(codeOf))];

export function codeRows({ t }: I18n): CodeRow[] {
  const told = (code: OAuthErrorCode, dialect: Dialect) =>
    plainly(code, dialect) ?? t('guides.reference.errors.redirect_only');
  return CODES.map((code) => ({
    code,
    meaning: t(`guides.reference.errors.${code}`),
    documented: told(code, 'native'),
    standard: told(code, 'rfc'),
  }));
}

/**
 * The status that a code has at the endpoints of a dialect when nothing else is said, with the word of the dialect where
 * that is another; null where it travels on redirects only, or not at all.
 */
function plainly(code: OAuthErrorCode, dialect: Dialect): string | null {
  const told = ENDPOINTS.filter((endpoint) => endpoint.dialect === dialect && endpoint.audience !== 'browser').flatMap(
    (endpoint) =>
      endpoint.reasons
        .filter((reason) => codeOf(reason) === code && new OAuthError(reason).status === undefined)
        .map((reason) => refusalOf(endpoint, reason))
        .map(({ status, code: word }) => (word === code ? `${status}` : `${status} ${word}`)),
  );
  return told.length > 0 ? [...new Set(told)].join(', ') : null;
}

/** What can go wrong under a code. */
export function errorEntries({ t }: I18n, code: OAuthErrorCode): ErrorEntry[] {
  return REASONS.filter((reason) => codeOf(reason) === code).map((reason) => ({
    reason,
    told: toldHow(reason, t('guides.reference.errors.redirect')),
    sentence: descriptionOf(reason),
    cause: t(`guides.errors.${reason}.cause`),
    fix: t(`guides.errors.${reason}.fix`),
  }));
}

/** Every status and word with which a reason is told, such as `401 invalid_grant, 400 invalid_grant`. */
function toldHow(reason: Reason, redirect: string): string {
  const told = ENDPOINTS.filter(({ reasons }) => reasons.includes(reason)).map((endpoint) => {
    const { status, code } = refusalOf(endpoint, reason);
    return `${status ?? redirect} ${code}`;
  });
  return [...new Set(told)].join(', ');
}
