'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import type { FormState, RedirectValues } from '@/components/applications/form-state';
import { redirectUriSentence } from '@/lib/apps/redirect-urls';
import { parseAppChangeForm } from '@/lib/apps/registration';
import { MAX_REDIRECT_URIS, redirectUriProblem } from '@/lib/oauth/redirect-uri';
import { runtime } from '@/lib/runtime/runtime';
import { saveRedirectUris } from '@/lib/store/face-changes';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf } from '../../ids';
import { actorOf } from '../actor';
import { ownHosts } from '../own-hosts';

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
    return { status: 'refused', values: { urls }, errors };
  }
  const saved = await saveRedirectUris(actorOf(user), appId, urls);
  if (!saved.ok) notFound();
  refresh();
  const waiting = saved.pending.redirectUris ?? [];
  return {
    status: 'saved',
    message: t('applications.redirects.saved', { count: waiting.length }),
    values: { urls: [...saved.live.redirectUris, ...waiting] },
  };
}
