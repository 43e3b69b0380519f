'use client';

import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Button, type ButtonSize, type ButtonVariant } from './button';
import { Form } from './form';
import { useScripted } from './scripted';
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
  /** What it ends. */
  children: ReactNode;
  /** The form's action, and the fields that it gets. */
  action: (form: FormData) => void | Promise<void>;
  fields?: Readonly<Record<string, string>>;
  confirm: string;
  pendingLabel?: string;
  confirmVariant?: ButtonVariant;
};

const SURFACE =
  'w-[calc(100%-2rem)] max-w-card rounded-lg border border-line bg-surface text-left text-ink shadow-float';

/**
 * A button that asks before it acts. Invoker attributes open the browser's own dialog until scripts are there and
 * without them; then it is Base UI's.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { id, trigger, triggerLabel, variant = 'danger-outline', size = 'sm', title } = props;
  const scripted = useScripted(id);
  const [open, setOpen] = useState(false);
  // Its form outlives the dialog: the action runs on after it has closed.
  const [opened, setOpened] = useState(false);
  function change(next: boolean) {
    if (!scripted) return;
    setOpen(next);
    setOpened(true);
  }
  return (
    <AlertDialog.Root open={open} onOpenChange={change}>
      <AlertDialog.Trigger
        render={(given) => (
          <Button
            {...given}
            variant={variant}
            size={size}
            aria-label={triggerLabel}
            {...(scripted ? {} : { ...OWN_STATE, commandfor: id, command: 'show-modal' })}
          >
            {trigger}
          </Button>
        )}
      />
      {scripted ? (
        <AlertDialog.Portal keepMounted={opened}>
          <AlertDialog.Backdrop className="fixed inset-0 z-20 bg-backdrop" />
          <AlertDialog.Popup
            className={`fixed inset-0 z-20 m-auto h-fit max-h-[calc(100dvh-2rem)] overflow-y-auto outline-none ${SURFACE}`}
          >
            <div className="p-5">
              <AlertDialog.Title className="text-lg font-semibold">{title}</AlertDialog.Title>
              <Question
                {...props}
                describe={(text) => <AlertDialog.Description render={<div />}>{text}</AlertDialog.Description>}
                cancel={(words) => <AlertDialog.Close render={<Button />}>{words}</AlertDialog.Close>}
                onSubmit={() => setOpen(false)}
              />
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Portal>
      ) : (
        <dialog
          id={id}
          role="alertdialog"
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-text`}
          className={`m-auto p-0 backdrop:bg-backdrop ${SURFACE}`}
        >
          <div className="p-5">
            <h2 id={`${id}-title`} className="text-lg font-semibold">
              {title}
            </h2>
            <Question
              {...props}
              describe={(text) => <div id={`${id}-text`}>{text}</div>}
              cancel={(words) => <Button {...{ commandfor: id, command: 'close' }}>{words}</Button>}
              onSubmit={() => closeNative(id)}
            />
          </div>
        </dialog>
      )}
    </AlertDialog.Root>
  );
}

/** What Base UI says of a button whose dialog it has yet to take over: the browser says it by itself. */
const OWN_STATE = { 'aria-expanded': undefined, 'aria-controls': undefined };

function closeNative(id: string) {
  const element = document.getElementById(id);
  if (element instanceof HTMLDialogElement) element.close();
}

type QuestionProps = ConfirmDialogProps & {
  describe: (text: ReactNode) => ReactNode;
  cancel: (words: string) => ReactNode;
  onSubmit: () => void;
};

/** What ends, and the two ways out; it begins with the way back. */
function Question({
  children,
  action,
  fields = {},
  confirm,
  pendingLabel,
  confirmVariant = 'danger',
  describe,
  cancel,
  onSubmit,
}: QuestionProps) {
  const { t } = useI18n();
  return (
    <Form action={action} onSubmit={onSubmit} className="mt-2 text-sm">
      {describe(<div className="space-y-2">{children}</div>)}
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        {cancel(t('common.cancel'))}
        <SubmitButton variant={confirmVariant} pendingLabel={pendingLabel}>
          {confirm}
        </SubmitButton>
      </div>
    </Form>
  );
}
