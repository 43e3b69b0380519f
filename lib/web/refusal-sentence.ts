import { ON_PAGES } from '@/lib/apps/event-causes';
import type { Sentence } from '@/lib/i18n/catalogue';
import type { Reason } from '@/lib/oauth/errors';

/** What can be wrong with an authorization request and has a sentence of its own. A developer never reads of the first: it names no app. */
const SAID = ['client_id_missing', ...ON_PAGES] as const satisfies readonly Reason[];

/** Why an authorization request was refused, for the person in front of the browser. */
export function refusalSentence(reason: Reason): Sentence {
  // Unknown and deleted apps read the same.
  if (reason === 'client_unknown' || reason === 'app_inactive') return { key: 'errors.reason.no_app' };
  const said = SAID.find((candidate) => candidate === reason);
  return { key: `errors.reason.${said ?? 'other'}` };
}
