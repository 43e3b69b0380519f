'use server';

import { randomBytes } from 'node:crypto';
import { redirect } from 'next/navigation';
import type { FormState, NewAppValues } from '@/components/applications/form-state';
import { nameKey } from '@/lib/apps/names';
import { parseAppForm, validateNewApp } from '@/lib/apps/registration';
import { newClientId } from '@/lib/apps/secrets';
import { runtime } from '@/lib/runtime/runtime';
import { createApp } from '@/lib/store/apps';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { actorOf } from './actor';

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
