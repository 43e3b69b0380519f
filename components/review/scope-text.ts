import type { BoundScope } from '@/lib/apps/verification';
import type { I18n } from '@/lib/i18n/i18n';
import { describeScope, SCOPE_CATALOGUE, wordsIn } from '@/lib/oauth/scopes';

/** A scope in words; one that has left the catalogue since, as it is stored. */
export function scopeText({ t, locale }: I18n, { name, access }: Pick<BoundScope, 'name' | 'access'>): string {
  if (!SCOPE_CATALOGUE.some((entry) => entry.name === name)) return name;
  const { label } = describeScope({ name, access });
  return t(`scopes.granted.${access}`, { label: wordsIn(label, locale) });
}
