'use client';

import { type ChangeEvent, useActionState, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { AppIcon } from '@/components/ui/app-icon';
import { Badge } from '@/components/ui/badge';
import { FileField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import type { FormAction, IconState } from './form-state';

const KINDS = 'image/png,image/jpeg,image/gif,image/webp';

type IconFormProps = {
  action: FormAction<IconState>;
  name: string;
  /** Address of the icon that users see now. */
  live: string | null;
  /** Address of one that waits for a reviewer. */
  pending: string | null;
};

/** The picture of an application. The one that was picked is shown before it is sent. */
export function IconForm({ action, name, live, pending }: IconFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const [picked, setPicked] = useState<string | null>(null);
  const [seen, setSeen] = useState(state);
  const { t } = useI18n();
  if (state !== seen) {
    setSeen(state);
    setPicked(null);
  }
  function preview({ currentTarget: { files } }: ChangeEvent<HTMLInputElement>) {
    const file = files?.[0];
    setPicked(null);
    if (!file || !KINDS.split(',').includes(file.type)) return;
    // A data: URL, because the policy of our pages knows no blob: pictures.
    const reader = new FileReader();
    reader.onload = () => setPicked(String(reader.result));
    reader.readAsDataURL(file);
  }
  return (
    <Form action={submit} answer={state} noValidate>
      {state.status === 'saved' ? <FormMessage state={state} /> : null}
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
        <div className="flex gap-4">
          <Shown name={name} src={picked ?? live} note={picked ? t('applications.icon.preview') : null} />
          {pending && !picked ? <Shown name={name} src={pending} note={t('applications.pending')} /> : null}
        </div>
        <div className="min-w-0 flex-1 basis-64">
          <FileField
            id="icon"
            accept={KINDS}
            label={t('applications.icon.file')}
            hint={t('applications.icon.hint')}
            error={state.status === 'refused' ? state.error : undefined}
            onChange={preview}
          />
          <div className="mt-3 flex flex-wrap justify-end gap-2">
            {live || pending ? (
              <SubmitButton variant="quiet" name="remove" value="1" pendingLabel={t('common.saving')}>
                {t('applications.icon.remove')}
              </SubmitButton>
            ) : null}
            <SubmitButton pendingLabel={t('common.saving')}>{t('applications.icon.submit')}</SubmitButton>
          </div>
        </div>
      </div>
    </Form>
  );
}

function Shown({ name, src, note }: { name: string; src: string | null; note: string | null }) {
  return (
    <div className="flex flex-col items-center gap-1.5">
      <AppIcon name={name} src={src} size="xl" />
      {note ? <Badge tone="accent">{note}</Badge> : null}
    </div>
  );
}
