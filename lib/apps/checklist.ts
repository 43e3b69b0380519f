import { isOnDomain } from './domains';
import type { AppFace } from './verification';

/** What an app must have before a reviewer looks at it. The page shows the list, the server refuses by the same. */

export const MIN_PURPOSE_LENGTH = 40;
export const MAX_REQUEST_TEXT_LENGTH = 4000;
export const MAX_NOTE_LENGTH = 2000;
export const MAX_SCREENSHOTS = 5;

export const CHECKS = [
  'name',
  'icon',
  'description',
  'website',
  'privacy',
  'support',
  'scopes',
  'purposes',
  'redirects',
  'domain',
  'explained',
  'purpose',
  'screenshots',
] as const;
export type Check = (typeof CHECKS)[number];

export type Checked = { check: Check; done: boolean };

export type Applicant = {
  name: string;
  description: string;
  website: string | null;
  privacyUrl: string | null;
  supportEmail: string | null;
  /** What the developers want: what is live, and what waits. */
  face: AppFace;
  /** Whether the organisation has proven the face's domain. */
  domainProven: boolean;
  request: { purpose: string; redirectNote: string; screenshots: number };
  /** A badge is there already: this is about changes. */
  verified: boolean;
};

const filled = (text: string | null) => text !== null && text.trim() !== '';

/** Redirect URIs that need words: not by https on or beside the publisher's domain. */
export function unusualRedirects({ redirectUris, publisherDomain }: AppFace): string[] {
  return redirectUris.filter((uri) => publisherDomain === null || !isOnDomain(uri, publisherDomain));
}

/** Goes through the list. Pictures of a change are welcome, of a first request needed. */
export function checklist(app: Applicant): Checked[] {
  const { face, request } = app;
  const done: Record<Check, boolean> = {
    name: filled(app.name),
    icon: face.icon !== null,
    description: filled(app.description),
    website: filled(app.website),
    privacy: filled(app.privacyUrl),
    support: filled(app.supportEmail),
    scopes: (face.scopes ?? []).length > 0,
    purposes: (face.scopes ?? []).length > 0 && (face.scopes ?? []).every(({ purpose }) => filled(purpose)),
    redirects: face.redirectUris.length > 0,
    domain: face.publisherDomain !== null && app.domainProven,
    explained: unusualRedirects(face).length === 0 || filled(request.redirectNote),
    purpose: request.purpose.trim().length >= MIN_PURPOSE_LENGTH,
    screenshots: app.verified || request.screenshots > 0,
  };
  return CHECKS.map((check) => ({ check, done: done[check] }));
}

/** Whether everything is there. */
export const isComplete = (checks: readonly Checked[]): boolean => checks.every(({ done }) => done);
