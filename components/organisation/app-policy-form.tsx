'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { RICH } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { RadioGroup } from '@/components/ui/choices';
import { Choice, SelectField, TextArea, TextField } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import type { PolicyFormState, RuleFormState, StoppedApp } from './policy-state';

const POLICIES = ['ALL', 'VERIFIED_ONLY', 'ALLOW_LIST'] as const;

type PolicyFormProps = {
  action: (previous: PolicyFormState, form: FormData) => Promise<PolicyFormState>;
  policy: (typeof POLICIES)[number];
};

/** Which apps of other organisations people may connect. Names the apps that a change stops before it is made. */
export function AppPolicyForm({ action, policy }: PolicyFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const confirm = state.status === 'confirm' ? state : null;
  return (
    <form action={submit} className="space-y-5">
      {state.status === 'saved' ? <Saved ended={state.ended} /> : null}
      <RadioGroup
        name="policy"
        legend={t('organisation.policy.legend')}
        defaultValue={state.status === 'idle' ? policy : state.policy}
        options={POLICIES.map((value) => ({
          value,
          label: t(`organisation.policy.${value}.label`),
          hint: t(`organisation.policy.${value}.hint`),
        }))}
      />
      {confirm ? <Stops confirmed={confirm.policy} stopped={confirm.stopped} more={confirm.more} /> : null}
      <div className="flex justify-end">
        <SubmitButton variant={confirm ? 'danger' : 'primary'} pendingLabel={t('common.saving')}>
          {t(confirm ? 'organisation.policy.apply' : 'organisation.policy.submit')}
        </SubmitButton>
      </div>
    </form>
  );
}

function Saved({ ended }: { ended: number | null }) {
  const { t } = useI18n();
  return (
    <Alert tone="ok" role="status">
      {ended === null ? t('organisation.policy.saved') : t('organisation.policy.saved_ended', { count: ended })}
    </Alert>
  );
}

/** What stops, and whether it is gone for good. */
function Stops({ confirmed, stopped, more }: { confirmed: string; stopped: readonly StoppedApp[]; more: number }) {
  const { t } = useI18n();
  return (
    <div className="space-y-3">
      <Alert tone="warn" role="alert" title={t('organisation.policy.stops.title', { count: stopped.length + more })}>
        <p>{t('organisation.policy.stops.text')}</p>
        <ul className="mt-1 list-disc pl-4">
          {stopped.map(({ id, name, members }) => (
            <li key={id}>
              <bdi className="font-medium">{name}</bdi>: {t('organisation.policy.stops.members', { count: members })}
            </li>
          ))}
          {more > 0 ? <li>{t('organisation.policy.stops.more', { count: more })}</li> : null}
        </ul>
      </Alert>
      <input type="hidden" name="confirmed" value={confirmed} />
      <Choice
        type="checkbox"
        id="endConnections"
        label={t('organisation.policy.end')}
        hint={t('organisation.policy.end_hint')}
        defaultChecked
      />
    </div>
  );
}

/** Allows or blocks one app. */
export function AppRuleForm({
  action,
}: {
  action: (previous: RuleFormState, form: FormData) => Promise<RuleFormState>;
}) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const typed = state.status === 'refused' || state.status === 'confirm' ? state.typed : null;
  const error = (field: 'app' | 'note') =>
    state.status === 'refused' && state.field === field ? state.message : undefined;
  const confirm = state.status === 'confirm' ? state : null;
  return (
    <form action={submit} noValidate className="space-y-4">
      {state.status === 'saved' ? (
        <Alert tone="ok" role="status">
          {t.rich(state.verdict === 'ALLOWED' ? 'organisation.policy.add.allowed' : 'organisation.policy.add.blocked', {
            ...RICH,
            name: state.name,
          })}{' '}
          {state.ended === null ? null : t('organisation.policy.saved_ended', { count: state.ended })}
        </Alert>
      ) : null}
      <TextField
        id="app"
        label={t('organisation.policy.add.app')}
        hint={t('organisation.policy.add.app_hint')}
        error={error('app')}
        defaultValue={typed?.app ?? ''}
        autoComplete="off"
        spellCheck={false}
      />
      <SelectField
        key={typed?.verdict}
        id="verdict"
        label={t('organisation.policy.add.verdict')}
        defaultValue={typed?.verdict ?? 'ALLOWED'}
      >
        <option value="ALLOWED">{t('organisation.policy.rules.ALLOWED')}</option>
        <option value="BLOCKED">{t('organisation.policy.rules.BLOCKED')}</option>
      </SelectField>
      <TextArea
        id="note"
        label={t('organisation.policy.add.note')}
        hint={t('organisation.policy.add.note_hint')}
        error={error('note')}
        rows={2}
        defaultValue={typed?.note ?? ''}
      />
      {confirm ? (
        <Stops confirmed={`${confirm.typed.verdict} ${confirm.typed.app}`} stopped={confirm.stopped} more={0} />
      ) : null}
      <div className="flex justify-end">
        <SubmitButton variant={confirm ? 'danger' : 'primary'} pendingLabel={t('common.saving')}>
          {t(confirm ? 'organisation.policy.apply' : 'organisation.policy.add.submit')}
        </SubmitButton>
      </div>
    </form>
  );
}
