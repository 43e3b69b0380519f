import type { I18n } from '@/lib/i18n/i18n';
import { describeScope, parseScope, wordsIn } from '@/lib/oauth/scopes';

/** A grant's scopes in words: "See your profile / See, Create, Edit Alert sources". */
export function grantedAccessText({ t, locale }: I18n, scopes: string): string {
  const parsed = parseScope(scopes);
  // A scope that has left the catalogue since is shown as it is stored.
  if (!parsed.ok) return scopes;
  return parsed.scopes
    .map(describeScope)
    .map(({ access, label }) => t(`scopes.granted.${access}`, { label: wordsIn(label, locale) }))
    .join(' / ');
}
