'use server';

import { randomBytes } from 'node:crypto';
import { refresh } from 'next/cache';
import { notFound, redirect } from 'next/navigation';
import {
  confirmation,
  type DeleteState,
  type FormState,
  type GeneralValues,
  type NewAppValues,
  type ProofState,
  type RedirectValues,
  type SecretsState,
} from '@/components/applications/form-state';
import { nameKey } from '@/lib/apps/names';
import { redirectUriSentence } from '@/lib/apps/redirect-urls';
import { descriptionProblem, parseAppChangeForm, parseAppForm, validateNewApp } from '@/lib/apps/registration';
import { parseSecretLifetime } from '@/lib/apps/secret-lifetimes';
import { newClientId, newSecret, newSecretProblem } from '@/lib/apps/secrets';
import { MAX_REDIRECT_URIS, redirectUriProblem } from '@/lib/oauth/redirect-uri';
import { runtime } from '@/lib/runtime/runtime';
import { findApp } from '@/lib/store/app-views';
import {
  changeProof,
  connectionsEndedByProof,
  createApp,
  createSecret,
  deleteApp,
  deleteSecret,
  updateApp,
} from '@/lib/store/apps';
import { saveRedirectUris } from '@/lib/store/face-changes';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf, uuidOf } from '../ids';
import { actorOf } from './actor';
import { ownHosts } from './own-hosts';
import { parseProofForm } from './proof';

/** Registers an application of the developer's organisation and opens its edit view. */
export async function createApplication(
  _previous: FormState<NewAppValues>,
  form: FormData,
): Promise<FormState<NewAppValues>> {
  const user = await requireDeveloper();
  const values = parseAppForm(form);
  const judged = validateNewApp(values, runtime().settings.brandName);
  const { t, sayEach } = await getI18n();
  if (!judged.ok) return { status: 'refused', values, errors: sayEach(judged.errors) };
  const created = await createApp(actorOf(user), {
    ...judged.value,
    nameKey: nameKey(judged.value.name),
    clientId: newClientId(randomBytes),
  });
  if (!created.ok) {
    return { status: 'refused', values, errors: { name: t('applications.new.name_taken') } };
  }
  redirect(`/applications/${created.id}`);
}

/** Saves description and reach. */
export async function saveGeneral(
  id: unknown,
  _previous: FormState<GeneralValues>,
  form: FormData,
): Promise<FormState<GeneralValues>> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const { description, limitToAccount } = parseAppChangeForm(form);
  const values = { description, limitToAccount };
  const { t, say } = await getI18n();
  const problem = descriptionProblem(description);
  if (problem) return { status: 'refused', values, errors: { description: say(problem) } };
  if (!(await updateApp(actorOf(user), appId, values))) notFound();
  refresh();
  return { status: 'saved', message: t('applications.general.saved') };
}

/** Saves the redirect URLs, all or none; refusals come back by what was typed. */
export async function saveRedirectUrls(
  id: unknown,
  _previous: FormState<RedirectValues>,
  form: FormData,
): Promise<FormState<RedirectValues>> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const { t, say } = await getI18n();
  const urls = parseAppChangeForm(form).redirectUris;
  if (urls.length > MAX_REDIRECT_URIS) {
    return { status: 'refused', values: { urls }, errors: {}, message: say(redirectUriSentence('too_many')) };
  }
  const hosts = ownHosts(runtime().settings);
  const errors: Record<string, string> = {};
  for (const url of urls) {
    const problem = redirectUriProblem(url, { ownHosts: hosts, count: urls.length });
    if (problem) errors[url] = say(redirectUriSentence(problem));
  }
  if (Object.keys(errors).length > 0) {
    return { status: 'refused', values: { urls }, errors, message: t('applications.redirects.refused') };
  }
  const outcome = await saveRedirectUris(actorOf(user), appId, urls);
  if (!outcome.ok) notFound();
  const waits = outcome.pending.redirectUris !== undefined;
  refresh();
  return {
    status: 'saved',
    message: t(waits ? 'applications.redirects.saved_pending' : 'applications.redirects.saved'),
    values: { urls },
  };
}

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

/** Deletes the application and everything users have allowed it, once its name has been typed. */
export async function deleteApplication(id: unknown, _previous: DeleteState, form: FormData): Promise<DeleteState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const app = (await findApp(user.tenant.id, appId)) ?? notFound();
  const typed = form.get('typedName');
  if (typeof typed !== 'string' || typed.trim() !== app.name) {
    const error = (await getI18n()).t('applications.delete.wrong_name');
    return { status: 'refused', typed: typeof typed === 'string' ? typed : '', error };
  }
  const deleted = (await deleteApp(actorOf(user), appId)) ?? notFound();
  redirect(`/applications?deleted=${deleted.endedConnections}`);
}
