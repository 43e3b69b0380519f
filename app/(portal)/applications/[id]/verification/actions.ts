'use server';

import { randomBytes } from 'node:crypto';
import type { Route } from 'next';
import { refresh } from 'next/cache';
import { notFound, redirect } from 'next/navigation';
import type { ActState } from '@/components/review/act-state';
import { checkText } from '@/components/review/check-text';
import { MAX_SCREENSHOTS } from '@/lib/apps/checklist';
import { CHECK_INTERVAL_SECONDS, challengeOf, MAX_DOMAINS, parseDomain, provesDomain } from '@/lib/apps/domains';
import { nothingPending } from '@/lib/apps/verification';
import { lookUpTxt } from '@/lib/runtime/dns';
import { decodeScreenshot } from '@/lib/runtime/images';
import { runtime } from '@/lib/runtime/runtime';
import { addDomain, beginDomainCheck, noteProof, removeDomain } from '@/lib/store/domains';
import { discardPendingChanges, findFace, savePublisherDomain } from '@/lib/store/face-changes';
import {
  addScreenshot,
  removeScreenshot,
  saveTexts,
  startRequest,
  submitRequest,
  withdrawRequest,
  writeToReviewer,
} from '@/lib/store/verification';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf, rowIdOf, uuidOf } from '../../../ids';
import { actorOf } from '../../actor';
import { ownHosts } from '../../own-hosts';
import { MAX_MESSAGE_LENGTH, parseRequestTexts, refusedText, textOf } from './texts';

/** Who acts on which app. The store asks for the owner in every `where`; this says early that there is nothing. */
async function onApp(id: unknown) {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const face = (await findFace(user.tenant.id, appId)) ?? notFound();
  return { actor: actorOf(user), appId, face, i18n: await getI18n() };
}

const back = (appId: number, done: string): never =>
  redirect(`/applications/${appId}/verification?done=${done}` as Route);

/** Adds a domain to the organisation's list. */
export async function addPublisherDomain(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { actor, i18n } = await onApp(id);
  const { t } = i18n;
  const typed = textOf(form, 'domain');
  const { settings } = runtime();
  const judged = parseDomain(typed, [...ownHosts(settings), settings.baseDomain]);
  const refusal = (message: string): ActState => ({
    status: 'refused',
    message,
    errors: { domain: message },
    values: { domain: typed },
  });
  if (!judged.ok) return refusal(t(`rules.domain.${judged.problem}`));
  const outcome = await addDomain(actor, judged.domain, randomBytes(20).toString('hex'));
  if (outcome === 'too_many') return refusal(t('verification.domains.too_many', { max: MAX_DOMAINS }));
  if (outcome === 'there_already') return refusal(t('verification.domains.there_already'));
  refresh();
  return { status: 'done', message: t('verification.domains.added', { domain: judged.domain }) };
}

const MOST_SHOWN = 10;
const SHOWN_LENGTH = 200;

/** Looks up the TXT record of a domain now, and says what is there. */
export async function checkPublisherDomain(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { actor, i18n } = await onApp(id);
  const { t } = i18n;
  const domainId = rowIdOf(form.get('domainId'));
  const begun = await beginDomainCheck(actor, domainId);
  if (!begun.ok && begun.reason === 'not_found') notFound();
  if (!begun.ok)
    return { status: 'refused', message: t('verification.domains.too_soon', { seconds: CHECK_INTERVAL_SECONDS }) };
  const answer = await lookUpTxt(challengeOf(begun.domain, begun.token).name, runtime().settings.dnsServers);
  refresh();
  if (answer.kind === 'none') return { status: 'refused', message: t('verification.domains.none') };
  if (answer.kind === 'failed')
    return { status: 'refused', message: t('verification.domains.failed', { code: answer.code }) };
  if (!provesDomain(answer.records, begun.token)) {
    const found = answer.records.map((strings) => strings.join('').slice(0, SHOWN_LENGTH));
    const details = [...new Set(found)].slice(0, MOST_SHOWN);
    return { status: 'refused', message: t('verification.domains.other'), details, verbatim: true };
  }
  if (!(await noteProof(actor, domainId))) notFound();
  refresh();
  return { status: 'done', message: t('verification.domains.found', { domain: begun.domain }) };
}

/** Removes a domain from the organisation's list and from every app that names it. */
export async function removePublisherDomain(id: unknown, form: FormData): Promise<void> {
  const { actor, appId } = await onApp(id);
  if (!(await removeDomain(actor, rowIdOf(form.get('domainId'))))) notFound();
  back(appId, 'domain_removed');
}

/** Names the app's publisher by one of the proven domains, or by none. */
export async function choosePublisherDomain(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { actor, appId, i18n } = await onApp(id);
  const { t } = i18n;
  const chosen = textOf(form, 'publisher');
  const outcome = await savePublisherDomain(actor, appId, chosen === '' ? null : chosen);
  if (!outcome.ok && outcome.reason === 'not_found') notFound();
  if (!outcome.ok) return { status: 'refused', message: t('verification.domains.not_proven') };
  refresh();
  const waits = outcome.pending.publisherDomain !== undefined;
  return { status: 'done', message: t(waits ? 'verification.domains.saved_pending' : 'verification.domains.saved') };
}

/** Begins a request: nobody sees it before it is submitted. */
export async function beginRequest(id: unknown, _form: FormData): Promise<void> {
  const { actor, appId } = await onApp(id);
  if (!(await startRequest(actor, appId))) notFound();
  back(appId, 'begun');
}

/** Keeps what was written or, with `intent` submit, sends the request. */
export async function saveRequest(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { actor, appId, i18n } = await onApp(id);
  const { t } = i18n;
  const { texts, errors } = parseRequestTexts(form, i18n);
  if (errors) {
    const [message = ''] = Object.values(errors);
    return { status: 'refused', message, errors, values: texts };
  }
  if (form.get('intent') !== 'submit') {
    const saved = await saveTexts(actor, appId, texts);
    refresh();
    if (saved) return { status: 'done', message: t('verification.request.saved') };
    return { status: 'refused', message: t('verification.request.gone'), values: texts };
  }
  const outcome = await submitRequest(actor, appId, texts);
  if (outcome.ok) back(appId, 'submitted');
  refresh();
  if (outcome.ok || outcome.reason === 'not_found')
    return { status: 'refused', message: t('verification.request.gone'), values: texts };
  if (outcome.reason !== 'incomplete')
    return { status: 'refused', message: t(`verification.request.${outcome.reason}`), values: texts };
  return {
    status: 'refused',
    message: t('verification.request.incomplete'),
    details: outcome.missing.map((check) => checkText(i18n, check)),
    values: texts,
  };
}

/** Adds a picture to the request that is being prepared. */
export async function addPicture(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { actor, appId, i18n } = await onApp(id);
  const { t } = i18n;
  const file = form.get('screenshot');
  const refusal = (message: string): ActState => ({ status: 'refused', message, errors: { screenshot: message } });
  if (!(file instanceof File)) return refusal(t('verification.screenshots.problem.empty'));
  const picture = await decodeScreenshot(Buffer.from(await file.arrayBuffer()));
  if (typeof picture === 'string') return refusal(t(`verification.screenshots.problem.${picture}`));
  const outcome = await addScreenshot(actor, appId, picture);
  if (outcome === 'too_many') return refusal(t('verification.screenshots.too_many', { max: MAX_SCREENSHOTS }));
  if (outcome === 'not_found') return refusal(t('verification.request.gone'));
  refresh();
  return { status: 'done', message: t('verification.screenshots.added') };
}

/** Removes a picture from the request that is being prepared. */
export async function removePicture(id: unknown, form: FormData): Promise<void> {
  const { actor, appId } = await onApp(id);
  if (!(await removeScreenshot(actor, appId, uuidOf(form.get('screenshotId'))))) notFound();
  back(appId, 'picture_removed');
}

const ENDED = { withdrawn: 'withdrawn', discarded: 'draft_discarded', suspended: 'stays' } as const;

/** Takes a request back, sent or not. */
export async function withdraw(id: unknown, form: FormData): Promise<void> {
  const { actor, appId } = await onApp(id);
  const ended = await withdrawRequest(actor, appId, rowIdOf(form.get('requestId')));
  back(appId, ended ? ENDED[ended] : 'decided');
}

/** Writes to the reviewer. */
export async function sendMessage(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { actor, appId, i18n } = await onApp(id);
  const { t } = i18n;
  const body = textOf(form, 'body');
  const refusal = (message: string) => refusedText('body', body, message);
  if (body === '') return refusal(t('verification.thread.empty'));
  if (body.length > MAX_MESSAGE_LENGTH) return refusal(t('verification.request.too_long', { max: MAX_MESSAGE_LENGTH }));
  const outcome = await writeToReviewer(actor, appId, rowIdOf(form.get('requestId')), body);
  if (outcome === 'too_many') return refusal(t('verification.thread.too_many'));
  if (outcome === 'not_found') return refusal(t('verification.thread.gone'));
  refresh();
  return { status: 'done', message: t('verification.thread.sent') };
}

/** Drops everything that waits for a review. */
export async function discardChanges(id: unknown, _form: FormData): Promise<void> {
  const { actor, appId, face } = await onApp(id);
  if (!nothingPending(face.pending)) await discardPendingChanges(actor, appId);
  back(appId, 'discarded');
}
