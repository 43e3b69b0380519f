'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import type { FormState, IconState, ProfileValues } from '@/components/applications/form-state';
import { parseProfileForm } from '@/lib/apps/profile';
import { descriptionProblem, parseAppChangeForm } from '@/lib/apps/registration';
import { decodeIcon, MAX_UPLOAD_BYTES } from '@/lib/runtime/images';
import { findApp } from '@/lib/store/app-views';
import { updateApp } from '@/lib/store/apps';
import { saveIcon } from '@/lib/store/face-changes';
import { keepIcon } from '@/lib/store/icons';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf } from '../../ids';
import { actorOf } from '../actor';

/** Saves what people read about the application: description, links and support address. */
export async function saveProfile(
  id: unknown,
  _previous: FormState<ProfileValues>,
  form: FormData,
): Promise<FormState<ProfileValues>> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const { description } = parseAppChangeForm(form);
  const judged = parseProfileForm(form);
  const problem = descriptionProblem(description);
  const { t, say, sayEach } = await getI18n();
  if (!judged.ok || problem) {
    const errors = { ...(problem ? { description: say(problem) } : {}), ...(judged.ok ? {} : sayEach(judged.errors)) };
    return { status: 'refused', values: { description, ...typedLinks(form) }, errors };
  }
  if (!(await updateApp(actorOf(user), appId, { description, ...judged.value }))) notFound();
  refresh();
  return { status: 'saved', message: t('applications.general.saved') };
}

function typedLinks(form: FormData): Omit<ProfileValues, 'description'> {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    website: text('website'),
    termsUrl: text('termsUrl'),
    privacyUrl: text('privacyUrl'),
    supportEmail: text('supportEmail'),
  };
}

/** Takes a new icon, or none: decoded and drawn anew, so that nothing but its pixels is kept (case 82). */
export async function changeIcon(id: unknown, _previous: IconState, form: FormData): Promise<IconState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  // Whoever may not change the app is not worth the decoding.
  if (!(await findApp(user.tenant.id, appId))) notFound();
  const { t } = await getI18n();
  const removing = form.get('remove') !== null;
  const digest = removing ? null : await keptDigest(form.get('icon'));
  if (digest !== null && typeof digest === 'object') {
    const megabytes = MAX_UPLOAD_BYTES / 1024 / 1024;
    return { status: 'refused', error: t(`applications.icon.problem.${digest.problem}`, { megabytes }) };
  }
  const saved = await saveIcon(actorOf(user), appId, digest);
  if (!saved.ok) notFound();
  refresh();
  const waits = digest !== null && saved.pending.icon === digest;
  return { status: 'saved', message: t(`applications.icon.${removing ? 'removed' : waits ? 'waits' : 'saved'}`) };
}

type IconProblem = Extract<Awaited<ReturnType<typeof decodeIcon>>, string>;

async function keptDigest(upload: FormDataEntryValue | null): Promise<string | { problem: IconProblem }> {
  if (!(upload instanceof File)) return { problem: 'empty' };
  if (upload.size > MAX_UPLOAD_BYTES) return { problem: 'too_large' };
  const picture = await decodeIcon(Buffer.from(await upload.arrayBuffer()));
  if (typeof picture === 'string') return { problem: picture };
  await keepIcon(picture);
  return picture.digest;
}
