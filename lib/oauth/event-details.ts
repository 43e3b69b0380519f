import type { RedirectDifference } from './redirect-difference';

/**
 * What an event of a developer's log says beside its cause. Every field is bounded where it is made, and none holds a
 * secret, a code, a verifier, a token, a state or a person's address.
 */
export type EventDetails = {
  /** What was sent as redirect_uri beside what is registered, or beside what the code was issued for. */
  redirect?: RedirectDifference;
  /** Scopes that are unknown, or that the app has not declared. */
  scopes?: string[];
  /** Names of parameters that were missing, repeated, damaged or out of place: of ours only. */
  parameters?: string[];
  /** The value of a parameter that takes one of a few words: a type, a method, a grant. */
  value?: string;
  /** What the app's secrets end in: of those that are registered, never of what was sent. */
  secretsEndIn?: string[];
  /** An age, a time to wait, a time since. */
  seconds?: number;
  /** Why a refresh token had died (connections.ended_reason). */
  why?: string;
  /** What the token that was sent seems to be instead. */
  looksLike?: 'access_token' | 'refresh_token' | 'code';
  /** Nobody was asked: a standing consent was enough. */
  silent?: boolean;
  /** Like the ones before it, and not written one by one. */
  summed?: boolean;
};

/** Whether there is anything in it. */
export const saysSomething = (details: EventDetails): boolean => Object.keys(details).length > 0;

/** UTF-16 units of an event's details as JSON: beyond that they say less. */
export const MOST_DETAILS = 2_000;

/** Details that surely fit: what is too long goes, the longest kind first. */
export function boundedDetails(details: EventDetails): EventDetails {
  const order = ['redirect', 'scopes', 'parameters', 'value'] as const;
  let bounded = details;
  for (const name of order) {
    if (JSON.stringify(bounded).length <= MOST_DETAILS) break;
    const { [name]: _, ...rest } = bounded;
    bounded = rest;
  }
  return bounded;
}
