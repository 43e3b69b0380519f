import type { AppPolicy, AppVerdict } from '@/lib/apps/app-policy';

/** An app that a change would stop. `members` have connected it. */
export type StoppedApp = { id: number; name: string; members: number };

/** What the form of the policy shows after it was sent. */
export type PolicyFormState =
  | { status: 'idle' }
  /** It stops apps that people use: sent once more with `confirmed`, it is done. */
  | { status: 'confirm'; policy: AppPolicy; stopped: StoppedApp[]; more: number }
  | { status: 'saved'; policy: AppPolicy; ended: number | null };

/** What the form of a decision about one app shows. */
export type RuleFormState =
  | { status: 'idle' }
  | { status: 'refused'; field: 'app' | 'note'; message: string; typed: RuleTyped }
  | { status: 'confirm'; stopped: StoppedApp[]; typed: RuleTyped }
  | { status: 'saved'; name: string; verdict: AppVerdict; ended: number | null };

export type RuleTyped = { app: string; verdict: AppVerdict; note: string };
