import type { ScopeLine } from '@/lib/apps/scopes';

/** What a form shows after its action ran: untouched, saved with a sentence, or refused with the fields that are wrong. */
export type FormState<Values> =
  | { status: 'idle' }
  | { status: 'saved'; message: string; values?: Values }
  | { status: 'refused'; values: Values; errors: Record<string, string>; message?: string };

/** A form's server action as useActionState calls it. */
export type FormAction<State> = (previous: State, form: FormData) => Promise<State>;

export type NewAppValues = { name: string; description: string; limitToAccount: boolean };
export type ProfileValues = {
  description: string;
  website: string;
  termsUrl: string;
  privacyUrl: string;
  supportEmail: string;
};
export type IconState =
  | { status: 'idle' }
  | { status: 'saved'; message: string }
  | { status: 'refused'; error: string };
export type AccessValues = { limitToAccount: boolean; refreshReplay: boolean };
/** The redirect URLs as typed. Refusals are keyed by what was typed, so that a corrected line loses its own only. */
export type RedirectValues = { urls: string[] };

export type Proof = 'SECRET_OR_PKCE' | 'SECRET_REQUIRED' | 'PKCE_ONLY';
export type ProofValues = { proof: Proof; requirePkce: boolean };
/** A change of proof that would end connections is asked about first. */
export type ProofState = FormState<ProofValues> | { status: 'confirm'; values: ProofValues; ends: number };

/** What a person agrees to who presses "Change and end …": another choice or another number is asked about again. */
export function confirmation(asked: { values: ProofValues; ends: number }): string {
  return `${asked.values.proof} ${asked.values.requirePkce} ${asked.ends}`;
}

/** The outcome of generating or deleting a client secret. `created` carries the secret for this one answer. */
export type SecretsState =
  | { status: 'idle' }
  | { status: 'created'; secret: string; lastFour: string }
  | { status: 'deleted'; lastFour: string }
  | { status: 'refused'; message: string };

export type DeleteState = { status: 'idle' } | { status: 'refused'; typed: string; error: string };

/** The lines of the form of scopes come back as they were filled in; errors by scope, '' is the form as a whole. */
export type ScopesState =
  | { status: 'idle' }
  | { status: 'saved'; message: string }
  | { status: 'refused'; lines: ScopeLine[]; errors: Record<string, string> };

export type TransferState =
  | { status: 'idle' }
  | { status: 'offered'; message: string }
  | {
      status: 'refused';
      typed: { kind: 'member' | 'organisation'; to: string };
      error: string;
      /** Applications whose offers stand in the way. */
      waiting?: { id: number; name: string }[];
    };

export type RevokeAllState = { status: 'idle' } | { status: 'done'; message: string };
