import { z } from 'zod';
import type { ProofValues } from '@/components/applications/form-state';

const proof = z.enum(['SECRET_OR_PKCE', 'SECRET_REQUIRED', 'PKCE_ONLY']);

/** Reads the proof settings of a form; null when the choice is none of ours. */
export function parseProofForm(form: FormData): ProofValues | null {
  const choice = proof.safeParse(form.get('proof'));
  return choice.success ? { proof: choice.data, requirePkce: form.get('requirePkce') !== null } : null;
}
