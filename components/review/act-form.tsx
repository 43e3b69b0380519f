'use client';

import { type ReactNode, useActionState } from 'react';
import { Alert } from '@/components/ui/alert';
import type { ButtonVariant } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { Choice, FileField, SelectField, TextArea, TextField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ActState } from './act-state';

type Common = { id: string; label: string; hint?: ReactNode };

/** A field of such a form; its words come from the server. */
export type ActField =
  | (Common & { kind: 'text'; value?: string; placeholder?: string })
  | (Common & { kind: 'area'; value?: string; rows?: number; maxLength?: number })
  | (Common & { kind: 'select'; value?: string; options: readonly { value: string; label: string }[] })
  | (Common & { kind: 'tick' })
  | (Common & { kind: 'file'; accept: string });

type ActFormProps = {
  action: (previous: ActState, form: FormData) => Promise<ActState>;
  fields?: readonly ActField[];
  /** What the form carries unseen. */
  hidden?: Readonly<Record<string, string>>;
  buttons: readonly { label: string; pending: string; variant?: ButtonVariant; name?: string; value?: string }[];
};

/** A form whose answer stands above it. What was typed into a form that was refused stays. */
export function ActForm({ action, fields = [], hidden = {}, buttons }: ActFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  return (
    <Form action={submit} answer={state} noValidate className="space-y-4">
      <ActAnswer state={state} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {fields.map((field) => (
        <ActInput key={field.id} field={field} state={state} />
      ))}
      <div className="flex flex-wrap justify-end gap-2">
        {buttons.map(({ label, pending, variant = 'secondary', name, value }) => (
          <SubmitButton key={label} variant={variant} name={name} value={value} pendingLabel={pending}>
            {label}
          </SubmitButton>
        ))}
      </div>
    </Form>
  );
}

/** What the server said. */
export function ActAnswer({ state }: { state: ActState }) {
  if (state.status === 'idle') return null;
  const done = state.status === 'done';
  return (
    <Alert tone={done ? 'ok' : 'danger'} role={done ? 'status' : 'alert'}>
      <p>{state.message}</p>
      {state.details && state.details.length > 0 ? (
        <ul className={classes('mt-1 list-disc space-y-1 pl-4', state.verbatim && 'font-mono text-xs break-all')}>
          {state.details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      ) : null}
    </Alert>
  );
}

function ActInput({ field, state }: { field: ActField; state: ActState }) {
  const refused = state.status === 'refused' ? state : null;
  const error = refused?.errors?.[field.id];
  const { kind, ...rest } = field;
  const typed = refused?.values?.[field.id];
  switch (kind) {
    case 'text': {
      const { value, ...text } = rest as Extract<ActField, { kind: 'text' }>;
      return <TextField {...text} error={error} defaultValue={typed ?? value} autoComplete="off" spellCheck={false} />;
    }
    case 'area': {
      const { value, ...area } = rest as Extract<ActField, { kind: 'area' }>;
      return <TextArea {...area} error={error} defaultValue={typed ?? value} />;
    }
    case 'select': {
      const { value, options, ...select } = rest as Extract<ActField, { kind: 'select' }>;
      return (
        <SelectField {...select} error={error} defaultValue={typed ?? value}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </SelectField>
      );
    }
    case 'tick':
      return <Choice type="checkbox" {...rest} />;
    case 'file': {
      const { accept, ...file } = rest as Extract<ActField, { kind: 'file' }>;
      return <FileField {...file} error={error} accept={accept} />;
    }
  }
}
