import { describeScope, parseScope } from '@/lib/oauth/scopes';

/** A grant's scopes in words: "See your profile / See, Create, Edit Alert sources". */
export function grantedAccessText(scopes: string): string {
  const parsed = parseScope(scopes);
  // A scope that has left the catalogue since is shown as it is stored.
  if (!parsed.ok) return scopes;
  return parsed.scopes
    .map(describeScope)
    .map(({ verbs, label }) => `${verbs} ${label}`)
    .join(' / ');
}
