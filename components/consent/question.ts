import type { ScopeDescription } from '@/lib/oauth/scopes';

/** A scope on the grant screen. */
export type ConsentScope = ScopeDescription & { scope: string; optional: boolean; ticked: boolean; purpose: string };

/** What the grant screen shows. */
export type ConsentQuestion = {
  transactionId: string;
  renderedToken: string;
  shownToken: string;
  app: {
    name: string;
    description: string;
    publisher: string;
    publisherDomain: string | null;
    verified: boolean;
    iconDigest: string | null;
    website: string | null;
    termsUrl: string | null;
    privacyUrl: string | null;
    supportEmail: string | null;
    createdAt: Date;
    users: number;
  };
  account: { username: string; displayName: string; organisation: string };
  scopes: ConsentScope[];
  newOnly: boolean;
  offline: 'none' | 'day' | 'year' | 'never_expires';
  redirectTarget: { kind: 'host'; host: string } | { kind: 'app'; scheme: string };
  loopback: boolean;
  evicts: { device: string | null; connectedAt: Date } | null;
  askedAgain: 'too_fast' | 'changed' | 'nothing_ticked' | null;
};

/** The form that takes the decision: tick boxes stand outside of it and name it. */
export const DECISION_FORM = 'decision';
