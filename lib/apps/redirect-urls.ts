import type { Sentence } from '@/lib/i18n/catalogue';
import { MAX_REDIRECT_URI_LENGTH, MAX_REDIRECT_URIS, type RedirectUriProblem } from '@/lib/oauth/redirect-uri';

/** What is wrong with a redirect URI, for the developer. */
export function redirectUriSentence(problem: RedirectUriProblem): Sentence {
  const values = { count: MAX_REDIRECT_URIS, length: MAX_REDIRECT_URI_LENGTH };
  return { key: `rules.redirect_uri.${problem}`, values };
}
