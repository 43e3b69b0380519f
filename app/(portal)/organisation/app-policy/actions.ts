'use server';

import { refresh } from 'next/cache';
import { notFound, redirect } from 'next/navigation';
import type { PolicyFormState, RuleFormState, RuleTyped } from '@/components/organisation/policy-state';
import { appPolicyOf, MAX_NOTE_LENGTH, type PolicyChange } from '@/lib/apps/app-policy';
import { MAX_NAME_LENGTH, nameKey } from '@/lib/apps/names';
import { findStopped, findThirdParty } from '@/lib/store/app-policy';
import { changePolicy } from '@/lib/store/policy-changes';
import { getI18n } from '@/lib/web/i18n';
import { typedText } from '@/lib/web/text';
import { appIdOf } from '../../ids';
import { acting } from '../acting';

const PAGE = '/organisation/app-policy';

/** No name is longer, however it is composed. */
const MOST_TYPED = 4 * MAX_NAME_LENGTH;

/** Apps that are named before a policy stops them. */
const MOST_NAMED = 20;

/** Which apps of other organisations people may connect. What stops apps that are in use is asked about first. */
export async function saveAppPolicy(_previous: PolicyFormState, form: FormData): Promise<PolicyFormState> {
  const { actor } = await acting(PAGE);
  const policy = appPolicyOf(form.get('policy')) ?? notFound();
  const change: PolicyChange = { kind: 'policy', policy };
  if (form.get('confirmed') !== policy) {
    const stopped = await findStopped(actor.tenantId, change);
    if (stopped.length > 0) {
      const named = stopped.slice(0, MOST_NAMED).map(({ id, name, members }) => ({ id, name, members }));
      return { status: 'confirm', policy, stopped: named, more: stopped.length - named.length };
    }
  }
  const endConnections = form.get('endConnections') !== null;
  const outcome = await changePolicy(actor, change, { endConnections });
  // There is a policy always: who acts is an admin no longer.
  if (!outcome.ok) notFound();
  refresh();
  return { status: 'saved', policy, ended: endConnections ? outcome.endedConnections : null };
}

/** Allows or blocks one app, whatever the policy says. */
export async function saveAppRule(_previous: RuleFormState, form: FormData): Promise<RuleFormState> {
  const { actor } = await acting(PAGE);
  const { t } = await getI18n();
  const typed = typedOf(form);
  // A key of megabytes is not worth the making.
  const app =
    typed.app.length > MOST_TYPED ? null : await findThirdParty(actor.tenantId, typed.app, nameKey(typed.app));
  const refused = (field: 'app' | 'note', message: string): RuleFormState => ({
    status: 'refused',
    field,
    message,
    typed,
  });
  if (!app) return refused('app', t('organisation.policy.add.not_found'));
  if (typed.note.length > MAX_NOTE_LENGTH)
    return refused('note', t('organisation.policy.add.too_long', { max: MAX_NOTE_LENGTH }));
  const change: PolicyChange = { kind: 'rule', appId: app.id, verdict: typed.verdict, note: typed.note };
  if (form.get('confirmed') !== `${typed.verdict} ${typed.app}`) {
    const stopped = await findStopped(actor.tenantId, change);
    if (stopped.length > 0)
      return { status: 'confirm', stopped: stopped.map(({ id, name, members }) => ({ id, name, members })), typed };
  }
  const endConnections = form.get('endConnections') !== null;
  const outcome = await changePolicy(actor, change, { endConnections });
  if (!outcome.ok) return refused('app', t('organisation.policy.add.not_found'));
  refresh();
  const ended = endConnections ? outcome.endedConnections : null;
  return { status: 'saved', name: app.name, verdict: typed.verdict, ended };
}

/** Takes the decision about an app back: the policy counts again. */
export async function removeAppRule(form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  const change: PolicyChange = { kind: 'rule', appId: appIdOf(form.get('app')), verdict: null, note: '' };
  const outcome = await changePolicy(actor, change, { endConnections: form.get('endConnections') !== null });
  if (!outcome.ok) notFound();
  redirect(`${PAGE}?done=removed`);
}

function typedOf(form: FormData): RuleTyped {
  return {
    app: typedText(form.get('app')),
    verdict: form.get('verdict') === 'BLOCKED' ? 'BLOCKED' : 'ALLOWED',
    note: typedText(form.get('note')),
  };
}
