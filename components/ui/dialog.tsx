'use client';

import type { MouseEvent, ReactNode } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Button, type ButtonSize, type ButtonVariant } from './button';

/**
 * Invoker attributes open and close the dialog without any script of ours, so a page works before hydration and
 * without JavaScript; the click handlers do the same in browsers that do not know them.
 */
const invoker = (id: string, command: 'show-modal' | 'close') => ({ commandfor: id, command });

function dialogOf(id: string): HTMLDialogElement | null {
  const element = document.getElementById(id);
  return element instanceof HTMLDialogElement ? element : null;
}

const knowsInvokers = () => 'commandForElement' in HTMLButtonElement.prototype;

function show(id: string) {
  if (!knowsInvokers()) dialogOf(id)?.showModal();
}

/** Closes the dialog with this id if it is open. */
export function closeDialog(id: string) {
  dialogOf(id)?.close();
}

type TriggerProps = { dialog: string; variant?: ButtonVariant; size?: ButtonSize; label?: string; children: ReactNode };

/** The button that opens the dialog with the id `dialog`. `label` is its accessible name when the words are not enough. */
export function DialogTrigger({ dialog, variant, size, label, children }: TriggerProps) {
  return (
    <Button
      variant={variant}
      size={size}
      aria-label={label}
      aria-haspopup="dialog"
      onClick={() => show(dialog)}
      {...invoker(dialog, 'show-modal')}
    >
      {children}
    </Button>
  );
}

/** A modal question on the browser's own dialog: focus stays inside, Escape and the backdrop close it. */
export function Dialog({ id, title, children }: { id: string; title: ReactNode; children: ReactNode }) {
  const closeOnBackdrop = (event: MouseEvent<HTMLDialogElement>) => {
    if (event.target === event.currentTarget) event.currentTarget.close();
  };
  return (
    // Escape is the keyboard's way out and the browser's own; the click is for the pointer.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      id={id}
      aria-labelledby={`${id}-title`}
      onClick={closeOnBackdrop}
      className="m-auto w-[calc(100%-2rem)] max-w-card rounded-lg border border-line bg-surface p-0 text-left text-ink shadow-float backdrop:bg-backdrop"
    >
      <div className="p-5">
        <h2 id={`${id}-title`} className="text-lg font-semibold">
          {title}
        </h2>
        <div className="mt-2 text-sm">{children}</div>
      </div>
    </dialog>
  );
}

/** The row of buttons under a dialog's text; it begins with the way back. */
export function DialogActions({ dialog, children }: { dialog: string; children: ReactNode }) {
  const { t } = useI18n();
  return (
    <div className="mt-5 flex flex-wrap justify-end gap-2">
      <Button onClick={() => closeDialog(dialog)} {...invoker(dialog, 'close')}>
        {t('common.cancel')}
      </Button>
      {children}
    </div>
  );
}
