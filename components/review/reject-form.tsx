'use client';

import { type MouseEvent, useActionState, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { SelectField, TextArea } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { ActAnswer } from './act-form';
import type { ActState } from './act-state';

type RejectFormProps = {
  action: (previous: ActState, form: FormData) => Promise<ActState>;
  words: {
    canned: string;
    cannedHint: string;
    choose: string;
    insert: string;
    reason: string;
    hint: string;
    submit: string;
    pending: string;
  };
  /** Reasons that come up often. The server knows them by name, for browsers without scripts. */
  canned: readonly { name: string; title: string; text: string }[];
};

/** Rejects with a reason; a ready-made one fills the text, and can be changed there. */
export function RejectForm({ action, words, canned }: RejectFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const text = useRef<HTMLTextAreaElement>(null);
  const refused = state.status === 'refused' ? state : null;
  const fill = (event: MouseEvent<HTMLButtonElement>) => {
    const select = event.currentTarget.form?.elements.namedItem('canned');
    if (!(select instanceof HTMLSelectElement) || !text.current) return;
    const chosen = canned.find(({ name }) => name === select.value);
    if (!chosen) return;
    const typed = text.current.value.trim();
    text.current.value = typed === '' ? chosen.text : `${typed}\n\n${chosen.text}`;
    // It stands in the text now, where it can be changed: the server must not add it again.
    select.value = '';
    text.current.focus();
  };
  return (
    <Form action={submit} answer={state} noValidate className="space-y-4">
      <ActAnswer state={state} />
      <div className="flex items-end gap-2">
        <SelectField
          id="canned"
          label={words.canned}
          hint={words.cannedHint}
          defaultValue=""
          className="min-w-0 flex-1"
        >
          <option value="">{words.choose}</option>
          {canned.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </SelectField>
        <Button className="noscript:hidden" onClick={fill}>
          {words.insert}
        </Button>
      </div>
      <TextArea
        ref={text}
        id="reason"
        label={words.reason}
        hint={words.hint}
        error={refused?.errors?.reason}
        defaultValue={refused?.values?.reason}
        rows={6}
      />
      <div className="flex justify-end">
        <SubmitButton variant="danger" pendingLabel={words.pending}>
          {words.submit}
        </SubmitButton>
      </div>
    </Form>
  );
}
