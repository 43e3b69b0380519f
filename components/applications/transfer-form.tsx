'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Choice, TextField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import type { FormAction, TransferState } from './form-state';

type TransferFormProps = {
  action: FormAction<TransferState>;
  /** Only users of the organisation connect it. */
  limited: boolean;
  /** Offered ready-made; another username can be typed. */
  colleagues: readonly { username: string; name: string }[];
};

// Of the two fields the one that belongs to the choice, without scripts.
const SHOWS_CHOSEN =
  '[&:has([value=member]:checked)_[data-for=organisation]]:hidden [&:has([value=organisation]:checked)_[data-for=member]]:hidden';

/** Offers an application to a colleague or to another organisation. */
export function TransferForm({ action, limited, colleagues }: TransferFormProps) {
  const [state, submit] = useActionState<TransferState, FormData>(action, { status: 'idle' });
  const { t } = useI18n();
  const refused = state.status === 'refused';
  const kind = refused ? state.typed.kind : 'member';
  const about = (which: 'member' | 'organisation') =>
    refused && kind === which ? { error: state.error, defaultValue: state.typed.to } : {};
  const spelling = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const;
  return (
    <Form action={submit} answer={state} noValidate className={`space-y-4 ${SHOWS_CHOSEN}`}>
      {state.status === 'offered' ? <FormMessage state={{ ...state, status: 'saved' }} /> : null}
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="mb-1.5 text-sm font-medium">{t('applications.transfer.to')}</legend>
        {(['member', 'organisation'] as const).map((value) => (
          <Choice
            key={value}
            type="radio"
            boxed
            id={`kind-${value}`}
            name="kind"
            value={value}
            label={t(`applications.transfer.${value}`)}
            hint={t(`applications.transfer.${value}_hint`)}
            defaultChecked={value === kind}
          />
        ))}
      </fieldset>
      <div data-for="member">
        <TextField
          {...spelling}
          {...about('member')}
          id="username"
          list="colleagues"
          label={t('applications.transfer.username')}
        />
        <datalist id="colleagues">
          {colleagues.map(({ username, name }) => (
            <option key={username} value={username}>
              {name}
            </option>
          ))}
        </datalist>
      </div>
      <div data-for="organisation">
        <TextField
          {...spelling}
          {...about('organisation')}
          id="organisation"
          label={t('applications.transfer.organisation_name')}
          hint={t('applications.transfer.organisation_name_hint')}
        />
        <p className="mt-3 text-sm">
          {t(limited ? 'applications.transfer.limited_effect' : 'applications.transfer.policy_effect')}
        </p>
      </div>
      <div className="flex justify-end">
        <SubmitButton variant="danger-outline" pendingLabel={t('applications.offers.pending')}>
          {t('applications.transfer.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}
