import { type Client, type DeclaredScope, isOptional } from './client';
import { isPrivateScheme, leadsToThisMachine } from './redirect-uri';
import { covers, includesScope, intersectScopes, mergeScopes, missingScopes, type Scope } from './scopes';

/** Silent grants (no screen) that one user and app get within an hour before the user is asked again. */
export const MAX_SILENT_GRANTS_PER_HOUR = 5;

/** What a user has allowed an app for good. */
export type StandingGrant = {
  scopes: Scope[];
  offlineAccess: boolean;
  refusedScopes: Scope[];
  /** A screen has said that the app stays connected. */
  lasting: boolean;
};

export type ConsentInput = {
  client: Pick<Client, 'proof' | 'secrets' | 'scopes'>;
  redirectUri: string;
  requested: { scopes: Scope[]; offlineAccess: boolean };
  /** null: the user has never allowed this app anything, or took it back. */
  grant: StandingGrant | null;
  promptConsent: boolean;
  silentGrantsLastHour: number;
  /** The app has as many refresh tokens of this user as it may have. */
  atCap: boolean;
};

export type WhyAsk =
  | 'first_time'
  | 'prompt'
  | 'public_client'
  | 'local_redirect'
  | 'new_scopes'
  | 'now_lasting'
  | 'silent_limit'
  | 'at_cap';

export type ConsentDecision =
  | { kind: 'ask'; scopesToShow: Scope[]; newOnly: boolean; why: WhyAsk }
  | { kind: 'silent'; scopes: Scope[]; offlineAccess: boolean };

type Owner = { proof: Client['proof']; secrets: readonly unknown[] };

/** An app that owns a secret gets refresh tokens by showing it, so offline access is nothing it must ask for. */
export function ownsSecret(client: Owner): boolean {
  return client.proof !== 'PKCE_ONLY' && client.secrets.length > 0;
}

/** Whoever listens on the user's machine, or claimed the scheme there, gets what is sent to it. */
const isLocal = (redirectUri: string): boolean => leadsToThisMachine(redirectUri) || isPrivateScheme(redirectUri);

/** How often users who have allowed an app are asked again when they connect it anew with nothing more. */
export type AskedAgain = 'always' | 'sometimes' | 'rarely';

/** @param redirectUris registered: whether a user is asked depends on the one that is sent */
export function askedAgain(client: Owner, redirectUris: readonly string[]): AskedAgain {
  const local = redirectUris.filter(isLocal).length;
  if (!ownsSecret(client) || (local > 0 && local === redirectUris.length)) return 'always';
  return local > 0 ? 'sometimes' : 'rarely';
}

/**
 * Whether the user must be asked, and what is then shown. `newOnly`: the screen shows only what is added to a standing
 * grant.
 */
export function consentDecision(input: ConsentInput): ConsentDecision {
  const { grant, requested, promptConsent } = input;
  if (!grant) return askAll(input, 'first_time');
  if (promptConsent) return askAll(input, 'prompt');
  // A client without a secret is anybody who knows its id: a standing grant would hand codes to whoever listens on the
  // port or claimed the scheme (RFC 8252 §8.6, RFC 6749 §10.2, CVE-2023-34246).
  if (!ownsSecret(input.client)) return askAll(input, 'public_client');
  if (isLocal(input.redirectUri)) return askAll(input, 'local_redirect');

  const wanted = withoutRefused(requested.scopes, refusalsThatHold(input));
  const missing = missingScopes(grant.scopes, wanted);
  if (missing.length > 0)
    return {
      kind: 'ask',
      scopesToShow: missing,
      newOnly: true,
      why: 'new_scopes',
    };

  const scopes = intersectScopes(requested.scopes, grant.scopes);
  // Everything that is asked for was refused: an empty grant would be a token for nothing.
  if (scopes.length === 0)
    return {
      kind: 'ask',
      scopesToShow: requested.scopes,
      newOnly: true,
      why: 'new_scopes',
    };

  // The app has got a secret, and with it a year, since a screen said that it would be connected for an hour.
  if (!grant.lasting) return askAll(input, 'now_lasting');
  const offlineAccess = requested.offlineAccess && grant.offlineAccess;
  if (input.silentGrantsLastHour >= MAX_SILENT_GRANTS_PER_HOUR) return askAll(input, 'silent_limit');
  // A silent grant never evicts: an app that loops sign-ins would push out the user's other devices unseen.
  if (input.atCap) return askAll(input, 'at_cap');
  return { kind: 'silent', scopes, offlineAccess };
}

function askAll(input: ConsentInput, why: WhyAsk): ConsentDecision {
  const { grant, requested } = input;
  const wanted =
    why === 'prompt' || !grant ? requested.scopes : withoutRefused(requested.scopes, refusalsThatHold(input));
  // A scope refused at its width may still be granted at a narrower one: then it is shown at that.
  const narrowed = grant ? mergeScopes(wanted, intersectScopes(requested.scopes, grant.scopes)) : wanted;
  return {
    kind: 'ask',
    scopesToShow: narrowed.length > 0 ? narrowed : requested.scopes,
    newOnly: false,
    why,
  };
}

/** What an app can't do without is asked about again, although it was refused when the app could. */
function refusalsThatHold({ client, grant }: Pick<ConsentInput, 'client' | 'grant'>): Scope[] {
  return (grant?.refusedScopes ?? []).filter((scope) => isOptional(scope, client.scopes));
}

/** Whether the user unticked a scope of this width when it was last shown: the tick stays off until they set it. */
export function refusedBefore(scope: Scope, input: Pick<ConsentInput, 'client' | 'grant'>): boolean {
  return withoutRefused([scope], refusalsThatHold(input)).length === 0 && !covers(input.grant?.scopes ?? [], scope);
}

/** What of the scopes on a screen is allowed by its ticks: what is not optional has no box to untick. */
export function allowedByTicks(
  shown: readonly Scope[],
  ticked: readonly Scope[],
  declared: readonly DeclaredScope[] | null,
): Scope[] {
  return shown.filter((scope) => !isOptional(scope, declared) || covers(ticked, scope));
}

// Refused is what was refused or anything wider: who said no to editing has not said yes to deleting.
function withoutRefused(scopes: readonly Scope[], refused: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => !refused.some((no) => includesScope(scope, no)));
}

export type ConsentAnswer = {
  /** What the screen showed and what of it the user left ticked. */
  shown: Scope[];
  ticked: Scope[];
  requested: { scopes: Scope[]; offlineAccess: boolean };
  /** The screen said that the app stays connected. */
  lasting: boolean;
};

/**
 * What an approval makes of the standing grant, and what this one code carries: granted decides, not requested. Ticks
 * beyond what was shown are dropped, because the form comes from a browser.
 */
export function approveConsent(
  grant: StandingGrant | null,
  answer: ConsentAnswer,
): { grant: StandingGrant; scopes: Scope[]; offlineAccess: boolean } {
  const ticked = intersectScopes(answer.ticked, answer.shown);
  const unticked = missingScopes(ticked, answer.shown);
  // What the user unticks is taken back where it stood, in every width that includes it.
  const kept = withoutRefused(grant?.scopes ?? [], unticked);
  const allowed = mergeScopes(kept, ticked);
  const refused = mergeScopes(grant?.refusedScopes ?? [], unticked);
  const { requested } = answer;
  return {
    grant: {
      scopes: allowed,
      offlineAccess: (grant?.offlineAccess ?? false) || requested.offlineAccess,
      refusedScopes: missingScopes(allowed, refused),
      lasting: (grant?.lasting ?? false) || answer.lasting,
    },
    scopes: intersectScopes(requested.scopes, allowed),
    offlineAccess: requested.offlineAccess,
  };
}
