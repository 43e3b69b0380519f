import { isLoopback, isPrivateScheme } from '@/lib/oauth/redirect-uri';
import type { Access } from '@/lib/oauth/scopes';

/**
 * What the verified badge is bound to, and what becomes of changes to it. Additions wait for a reviewer while the live
 * version works on; removals and narrowings act at once (case 88).
 */

/** A scope that an app may ask for, with the developer's words for it. */
export type BoundScope = { name: string; access: Access; optional: boolean; purpose: string };

/** The part of an app's settings that the badge looks at. */
export type AppFace = {
  redirectUris: string[];
  /** null: none declared, every scope of the catalogue may be asked for. */
  scopes: BoundScope[] | null;
  /** Digest of the icon; null: none. */
  icon: string | null;
  publisherDomain: string | null;
};

/** Additions to a verified app that wait. What is not named is wanted as it is live. */
export type PendingChanges = {
  redirectUris?: string[];
  scopes?: BoundScope[];
  icon?: string;
  publisherDomain?: string;
};

/** What a reviewer approves: the face, with hosts for redirect URIs, and whose it is. */
export type Snapshot = {
  name: string;
  redirectHosts: string[];
  scopes: BoundScope[] | null;
  icon: string | null;
  publisher: { tenantId: number; domain: string | null };
};

/** The part of a snapshot that limits an app's face. */
export type Bounds = Pick<Snapshot, 'redirectHosts' | 'scopes' | 'icon'> & { publisherDomain: string | null };

export type FaceChange = Partial<AppFace>;

/** What a change does: the face from now on, and what waits. */
export type Split = { live: AppFace; pending: PendingChanges };

const RANK: Record<Access, number> = { r: 0, w: 1, d: 2 };

/**
 * Where a redirect URI leads, as the badge knows it: the origin of a web address, the host of a loopback one (whose port
 * belongs to the developer's machine), the scheme of an app.
 */
export function redirectHostOf(uri: string): string {
  const url = new URL(uri);
  if (isPrivateScheme(uri)) return url.protocol;
  return isLoopback(uri) ? `http://${url.hostname}` : url.origin;
}

export const hostsOf = (uris: readonly string[]): string[] => [...new Set(uris.map(redirectHostOf))];

/** What the developers want: the live face with what waits laid over it. */
export function wantedFace(live: AppFace, pending: PendingChanges): AppFace {
  return {
    redirectUris: [...new Set([...live.redirectUris, ...(pending.redirectUris ?? [])])],
    scopes: live.scopes && overlay(live.scopes, pending.scopes ?? []),
    icon: pending.icon ?? live.icon,
    publisherDomain: pending.publisherDomain ?? live.publisherDomain,
  };
}

function overlay(scopes: readonly BoundScope[], over: readonly BoundScope[]): BoundScope[] {
  const wanted = new Map([...scopes, ...over].map((scope) => [scope.name, scope]));
  return [...wanted.values()];
}

/** What an approval of this face binds the badge to. */
export function snapshotOf(app: { name: string; tenantId: number }, face: AppFace): Snapshot {
  return {
    name: app.name,
    redirectHosts: hostsOf(face.redirectUris).sort(),
    scopes: face.scopes && [...face.scopes].sort((a, b) => (a.name < b.name ? -1 : 1)),
    icon: face.icon,
    publisher: { tenantId: app.tenantId, domain: face.publisherDomain },
  };
}

/** How far a snapshot lets the face go. */
export const boundsOf = ({ redirectHosts, scopes, icon, publisher }: Snapshot): Bounds => ({
  redirectHosts,
  scopes,
  icon,
  publisherDomain: publisher.domain,
});

/**
 * Splits a change of an app into what is live at once and what waits for a reviewer.
 *
 * Without a badge (`bounds` null) everything is live. With one, what lies inside the bounds is live, and what the change
 * leaves out is gone, from the live version and from what waits; the rest waits.
 */
export function splitChange(
  app: { live: AppFace; pending: PendingChanges; bounds: Bounds | null },
  change: FaceChange,
): Split {
  const wanted = { ...wantedFace(app.live, app.pending), ...change };
  return app.bounds === null ? { live: wanted, pending: {} } : within(wanted, [app.bounds]);
}

/**
 * What an approval does: of what is wanted now, what the reviewer saw, or had approved before, is live; what came later
 * waits. What was dropped since the request was made does not come back.
 */
export function approveFace(wanted: AppFace, asked: Snapshot, before: Snapshot | null): Split {
  return within(wanted, [boundsOf(asked), ...(before ? [boundsOf(before)] : [])]);
}

/** @param allowed the bounds, the ones to fall back to first */
function within(wanted: AppFace, allowed: readonly Bounds[]): Split {
  const hosts = new Set(allowed.flatMap(({ redirectHosts }) => redirectHosts));
  const isAllowed = (uri: string) => hosts.has(redirectHostOf(uri));
  const redirectUris = wanted.redirectUris.filter((uri) => !isAllowed(uri));
  const scopes = scopesWithin(wanted.scopes, allowed);
  const icon = valueWithin(
    wanted.icon,
    allowed.map((bounds) => bounds.icon),
  );
  const domain = valueWithin(
    wanted.publisherDomain,
    allowed.map((bounds) => bounds.publisherDomain),
  );
  return {
    live: {
      redirectUris: wanted.redirectUris.filter(isAllowed),
      scopes: scopes.live,
      icon: icon.live,
      publisherDomain: domain.live,
    },
    pending: {
      ...(redirectUris.length > 0 ? { redirectUris } : {}),
      ...(scopes.pending.length > 0 ? { scopes: scopes.pending } : {}),
      ...(icon.pending === null ? {} : { icon: icon.pending }),
      ...(domain.pending === null ? {} : { publisherDomain: domain.pending }),
    },
  };
}

/** Nothing is always allowed; another value waits behind the approved one. */
function valueWithin(
  wanted: string | null,
  allowed: (string | null)[],
): { live: string | null; pending: string | null } {
  if (wanted === null || allowed.includes(wanted)) return { live: wanted, pending: null };
  return { live: allowed[0] ?? null, pending: wanted };
}

function scopesWithin(
  wanted: BoundScope[] | null,
  allowed: readonly Bounds[],
): { live: BoundScope[] | null; pending: BoundScope[] } {
  // An approval of everything covers every list; a list covers no wish for everything, which stays what was approved.
  if (allowed.some(({ scopes }) => scopes === null)) return { live: wanted, pending: [] };
  const lists = allowed.map(({ scopes }) => scopes ?? []);
  if (wanted === null) return { live: lists[0] ?? [], pending: [] };
  const live: BoundScope[] = [];
  const pending: BoundScope[] = [];
  for (const scope of wanted) {
    const narrowed = lists.flatMap((list) =>
      list.filter(({ name }) => name === scope.name).map((a) => narrow(scope, a)),
    );
    const chosen = narrowed.find((candidate) => sameScope(candidate, scope)) ?? narrowed[0];
    if (chosen) live.push(chosen);
    if (!chosen || !sameScope(chosen, scope)) pending.push(scope);
  }
  return { live, pending };
}

/** As much of a scope as was approved. The words are the approved ones: a reviewer has read them. */
function narrow(scope: BoundScope, approved: BoundScope): BoundScope {
  return {
    name: scope.name,
    access: RANK[scope.access] < RANK[approved.access] ? scope.access : approved.access,
    optional: scope.optional || approved.optional,
    purpose: approved.purpose,
  };
}

const sameScope = (a: BoundScope, b: BoundScope) =>
  a.name === b.name && a.access === b.access && a.optional === b.optional && a.purpose === b.purpose;

/** Whether nothing waits. */
export const nothingPending = (pending: PendingChanges): boolean => Object.keys(pending).length === 0;

/** One line of a diff. `before` or `after` is null where there was or will be nothing. */
export type Difference =
  | { field: 'redirectHost' | 'icon' | 'publisherDomain'; before: string | null; after: string | null }
  | { field: 'scope'; before: BoundScope | null; after: BoundScope | null }
  /** From or to "every scope of the catalogue". */
  | { field: 'allScopes'; before: boolean; after: boolean };

/** What differs between two snapshots, in a steady order. @param before null: there was nothing */
export function differences(before: Snapshot | null, after: Snapshot): Difference[] {
  const hosts = before?.redirectHosts ?? [];
  return [
    ...differentValue('icon', before?.icon ?? null, after.icon),
    ...differentValue('publisherDomain', before?.publisher.domain ?? null, after.publisher.domain),
    ...hosts
      .filter((host) => !after.redirectHosts.includes(host))
      .map((host) => ({ field: 'redirectHost' as const, before: host, after: null })),
    ...after.redirectHosts
      .filter((host) => !hosts.includes(host))
      .map((host) => ({ field: 'redirectHost' as const, before: null, after: host })),
    ...differentScopes(before ? before.scopes : [], after.scopes),
  ];
}

function differentValue(field: 'icon' | 'publisherDomain', before: string | null, after: string | null): Difference[] {
  return before === after ? [] : [{ field, before, after }];
}

function differentScopes(before: BoundScope[] | null, after: BoundScope[] | null): Difference[] {
  const was = new Map((before ?? []).map((scope) => [scope.name, scope]));
  const is = new Map((after ?? []).map((scope) => [scope.name, scope]));
  const all: Difference[] =
    (before === null) === (after === null)
      ? []
      : [{ field: 'allScopes', before: before === null, after: after === null }];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  const each = names.flatMap((name): Difference[] => {
    const [old = null, now = null] = [was.get(name), is.get(name)];
    return old && now && sameScope(old, now) ? [] : [{ field: 'scope', before: old, after: now }];
  });
  return [...all, ...each];
}

/** Whether a line of a diff asks for more than there was. */
export function isAddition(difference: Difference): boolean {
  switch (difference.field) {
    case 'allScopes':
      return difference.after;
    case 'scope': {
      const { before, after } = difference;
      if (after === null) return false;
      return before === null || !sameScope(narrow(after, before), after);
    }
    default:
      return difference.after !== null;
  }
}
