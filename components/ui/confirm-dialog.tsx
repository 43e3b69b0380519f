'use client';

import type { ReactNode } from 'react';
import type { ButtonSize, ButtonVariant } from './button';
import { closeDialog, Dialog, DialogActions, DialogTrigger } from './dialog';
import { Form } from './form';
import { SubmitButton } from './submit-button';

type ConfirmDialogProps = {
  /** Unique on the page. */
  id: string;
  /** Words on the button that asks, and its accessible name where they are not enough. */
  trigger: ReactNode;
  triggerLabel?: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
  title: ReactNode;
  /** What it ends; fields that the action reads may stand here too. */
  children: ReactNode;
  /** The form's action, and the fields that it gets. */
  action: (form: FormData) => void;
  fields?: Readonly<Record<string, string>>;
  confirm: string;
  pendingLabel?: string;
  confirmVariant?: ButtonVariant;
};

/** A button that asks before it acts. Opens and submits without scripts too. */
export function ConfirmDialog({
  id,
  trigger,
  triggerLabel,
  variant = 'danger-outline',
  size = 'sm',
  title,
  children,
  action,
  fields = {},
  confirm,
  pendingLabel,
  confirmVariant = 'danger',
}: ConfirmDialogProps) {
  return (
    <>
      <DialogTrigger dialog={id} variant={variant} size={size} label={triggerLabel}>
        {trigger}
      </DialogTrigger>
      <Dialog id={id} title={title}>
        <Form action={action} onSubmit={() => closeDialog(id)}>
          <div className="space-y-2">{children}</div>
          {Object.entries(fields).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <DialogActions dialog={id}>
            <SubmitButton variant={confirmVariant} pendingLabel={pendingLabel}>
              {confirm}
            </SubmitButton>
          </DialogActions>
        </Form>
      </Dialog>
    </>
  );
}
