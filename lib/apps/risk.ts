import { isPrivateScheme, leadsToThisMachine } from '@/lib/oauth/redirect-uri';
import { isOnDomain } from './domains';
import { nameKey } from './names';
import { DAY_MS } from './time-zones';
import { type AppFace, hostsOf } from './verification';

/** What a reviewer should look at twice. A sign is no verdict. */

export type RiskSign =
  /** Verified apps whose names a person could take for this one. */
  | { sign: 'look_alike'; names: string[] }
  /** Redirect hosts neither on nor beside the publisher's domain. */
  | { sign: 'off_domain'; hosts: string[] }
  | { sign: 'no_domain' }
  | { sign: 'delete_scopes'; names: string[] }
  | { sign: 'every_scope' }
  | { sign: 'loopback' }
  | { sign: 'private_scheme'; schemes: string[] }
  | { sign: 'new_organisation'; days: number }
  | { sign: 'unverified_mail' }
  | { sign: 'rejected_before'; times: number }
  | { sign: 'suspended' };

export type Suspect = {
  name: string;
  face: AppFace;
  organisationSince: Date;
  /** Of whoever sent the request. */
  mailVerified: boolean;
  rejections: number;
  suspended: boolean;
};

/** Days for which an organisation counts as new. */
export const NEW_ORGANISATION_DAYS = 14;

/** @param verifiedNames names of the other verified apps */
export function riskSigns(app: Suspect, verifiedNames: readonly string[], now: Date): RiskSign[] {
  const days = Math.floor((now.getTime() - app.organisationSince.getTime()) / DAY_MS);
  return [
    ...signOf(lookAlikes(app.name, verifiedNames), (names) => ({ sign: 'look_alike', names })),
    ...redirectSigns(app.face),
    ...scopeSigns(app.face),
    ...(days < NEW_ORGANISATION_DAYS ? [{ sign: 'new_organisation', days } as const] : []),
    ...(app.mailVerified ? [] : [{ sign: 'unverified_mail' } as const]),
    ...(app.rejections > 0 ? [{ sign: 'rejected_before', times: app.rejections } as const] : []),
    ...(app.suspended ? [{ sign: 'suspended' } as const] : []),
  ];
}

const signOf = (found: string[], make: (found: string[]) => RiskSign): RiskSign[] =>
  found.length > 0 ? [make(found)] : [];

function redirectSigns({ redirectUris, publisherDomain }: AppFace): RiskSign[] {
  const onTheWeb = redirectUris.filter((uri) => !isPrivateScheme(uri) && !leadsToThisMachine(uri));
  const off = publisherDomain === null ? [] : onTheWeb.filter((uri) => !isOnDomain(uri, publisherDomain));
  const schemes = redirectUris.filter(isPrivateScheme).map((uri) => new URL(uri).protocol);
  return [
    ...(publisherDomain === null ? [{ sign: 'no_domain' } as const] : []),
    ...signOf(hostsOf(off), (hosts) => ({ sign: 'off_domain', hosts })),
    ...(redirectUris.some(leadsToThisMachine) ? [{ sign: 'loopback' } as const] : []),
    ...signOf([...new Set(schemes)], (found) => ({ sign: 'private_scheme', schemes: found })),
  ];
}

function scopeSigns({ scopes }: AppFace): RiskSign[] {
  if (scopes === null) return [{ sign: 'every_scope' }];
  const deleting = scopes.filter(({ access }) => access === 'd').map(({ name }) => name);
  return signOf(deleting, (names) => ({ sign: 'delete_scopes', names }));
}

/** Names among the others that differ by a letter or two, or that this one contains or is contained in. */
export function lookAlikes(name: string, others: readonly string[]): string[] {
  const key = nameKey(name);
  return others.filter((other) => {
    const otherKey = nameKey(other);
    if (otherKey === key) return true;
    const shorter = Math.min(key.length, otherKey.length);
    if (shorter >= 5 && (key.includes(otherKey) || otherKey.includes(key))) return true;
    const most = shorter >= 8 ? 2 : shorter >= 4 ? 1 : 0;
    return distanceWithin(key, otherKey, most);
  });
}

/** Whether so many insertions, deletions, replacements or swaps of neighbours lead from one to the other. */
function distanceWithin(a: string, b: string, most: number): boolean {
  if (most === 0 || Math.abs(a.length - b.length) > most) return false;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Number.POSITIVE_INFINITY;
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost, swapped));
    }
    if (Math.min(...current) > most) return false;
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length) <= most;
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
