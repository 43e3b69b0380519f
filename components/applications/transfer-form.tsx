'use client';

import type { Route } from 'next';
import Link from 'next/link';
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
  /** It goes to no other organisation until that is over. */
  suspended: boolean;
  /** Offered ready-made; another username can be typed. */
  colleagues: readonly { username: string; name: string }[];
};

// Of the two fields the one that belongs to the choice, without scripts.
const SHOWS_CHOSEN =
  '[&:has([value=member]:checked)_[data-for=organisation]]:hidden [&:has([value=organisation]:checked)_[data-for=member]]:hidden';

/** Offers an application to a colleague or to another organisation. */
export function TransferForm({ action, limited, suspended, colleagues }: TransferFormProps) {
  const [state, submit] = useActionState<TransferState, FormData>(action, { status: 'idle' });
  const { t } = useI18n();
  const refused = state.status === 'refused';
  const kind = refused ? state.typed.kind : 'member';
  const about = (which: 'member' | 'organisation') =>
    refused && kind === which ? { error: state.error, defaultValue: state.typed.to } : {};
  const effect = suspended
    ? 'applications.transfer.suspended'
    : limited
      ? 'applications.transfer.limited_effect'
      : 'applications.transfer.policy_effect';
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
        {refused && state.waiting ? <Waiting apps={state.waiting} /> : null}
        <p className="mt-3 text-sm">{t(effect)}</p>
      </div>
      <div className="flex justify-end">
        <SubmitButton variant="danger-outline" pendingLabel={t('applications.offers.pending')}>
          {t('applications.transfer.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}

/** Applications that are offered already, each leading to where that can be taken back. */
function Waiting({ apps }: { apps: readonly { id: number; name: string }[] }) {
  const { t } = useI18n();
  return (
    <div className="mt-2 text-sm">
      <p id="waiting-offers">{t('applications.transfer.offers_waiting')}</p>
      <ul aria-labelledby="waiting-offers" className="mt-1 list-disc space-y-1 pl-5">
        {apps.map(({ id, name }) => (
          <li key={id}>
            <Link
              href={`/applications/${id}/danger` as Route}
              prefetch={false}
              className="inline-flex min-h-6 items-center text-accent-text underline underline-offset-4"
            >
              <bdi>{name}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
