'use server';

import { randomBytes } from 'node:crypto';
import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import { confirmation, type ProofState, type SecretsState } from '@/components/applications/form-state';
import { parseSecretLifetime } from '@/lib/apps/secret-lifetimes';
import { newSecret, newSecretProblem } from '@/lib/apps/secrets';
import { findApp } from '@/lib/store/app-views';
import { changeProof, connectionsEndedByProof, createSecret, deleteSecret } from '@/lib/store/apps';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf, uuidOf } from '../../ids';
import { actorOf } from '../actor';
import { parseProofForm } from '../proof';

/** Changes how the application proves itself; asks first when that ends connections. */
export async function saveProof(id: unknown, _previous: ProofState, form: FormData): Promise<ProofState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const values = parseProofForm(form) ?? notFound();
  const question = { values, ends: await connectionsEndedByProof(user.tenant.id, appId, values.proof) };
  if (question.ends > 0 && form.get('confirmed') !== confirmation(question)) {
    return { status: 'confirm', ...question };
  }
  const changed = (await changeProof(actorOf(user), appId, values)) ?? notFound();
  refresh();
  const { t } = await getI18n();
  return { status: 'saved', message: t('applications.proof.saved', { count: changed.endedConnections }) };
}

/** Makes a client secret. The answer carries it; nothing else ever does. */
export async function generateSecret(id: unknown, _previous: SecretsState, form: FormData): Promise<SecretsState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const lifetimeDays = parseSecretLifetime(form.get('lifetime'));
  const { t, say } = await getI18n();
  if (lifetimeDays === undefined) return { status: 'refused', message: t('applications.secrets.lifetime_missing') };
  const { secret, digest, lastFour } = newSecret(randomBytes);
  const outcome = await createSecret(actorOf(user), appId, { digest, lastFour, lifetimeDays });
  if (outcome === 'not_found') notFound();
  refresh();
  if (outcome === 'created') return { status: 'created', secret, lastFour };
  const proof = outcome === 'not_allowed' ? 'PKCE_ONLY' : '';
  const message = say(newSecretProblem({ proof, liveSecrets: Number.POSITIVE_INFINITY }));
  return { status: 'refused', message: message ?? '' };
}

/** Deletes one client secret; whoever still shows it is refused from then on. */
export async function removeSecret(id: unknown, _previous: SecretsState, form: FormData): Promise<SecretsState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const secretId = uuidOf(form.get('secretId'));
  const app = (await findApp(user.tenant.id, appId)) ?? notFound();
  const secret = app.secrets.find((candidate) => candidate.id === secretId);
  const { t } = await getI18n();
  const outcome = secret ? await deleteSecret(actorOf(user), appId, secretId) : 'not_found';
  refresh();
  if (outcome === 'deleted' && secret) return { status: 'deleted', lastFour: secret.lastFour };
  if (outcome === 'last') {
    return { status: 'refused', message: t('applications.secrets.only_one') };
  }
  return { status: 'refused', message: t('applications.secrets.gone') };
}
