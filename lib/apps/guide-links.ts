import type { SnippetLanguage } from './snippets';

/** The guides in their order; each has its page. */
export const GUIDES = [
  'overview',
  'get_started',
  'understanding_oauth2',
  'backend_app',
  'web_or_native_app',
  'reference',
  'api',
] as const;
export type Guide = (typeof GUIDES)[number];

/** What a reader has chosen: kept in the links between guides. */
export type GuideChoice = {
  /** Number of the app whose values are shown. */
  app: number | null;
  /** null: not chosen, so the first. */
  language: SnippetLanguage | null;
};

/** Names of languages, the same in every language. */
export const SNIPPET_LANGUAGE_NAMES: Record<SnippetLanguage, string> = {
  curl: 'curl',
  node: 'Node.js',
  python: 'Python',
  go: 'Go',
};

/** The address of a guide. @param anchor without the hash */
export function guideAddress(guide: Guide, choice: GuideChoice, anchor?: string): string {
  const path = guide === 'overview' ? '/guides' : `/guides/${guide.replaceAll('_', '-')}`;
  const query = new URLSearchParams({
    ...(choice.app === null ? {} : { app: String(choice.app) }),
    ...(choice.language === null ? {} : { lang: choice.language }),
  }).toString();
  return `${path}${query ? `?${query}` : ''}${anchor ? `#${anchor}` : ''}`;
}
