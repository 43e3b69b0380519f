/** Reasons that come up often, by the name of their texts. */
export const CANNED = ['purpose', 'scopes', 'redirects', 'pictures', 'likeness', 'contact'] as const;

/** Why something was not done, as addresses name it. */
export const PROBLEMS = [
  'decided_already',
  'own_app',
  'suspended',
  'domain_not_proven',
  'icon_gone',
  'moved_on',
  'not_backend',
] as const;
