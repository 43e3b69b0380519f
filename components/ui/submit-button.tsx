'use client';

import type { ComponentProps } from 'react';
import { useFormStatus } from 'react-dom';
import { Button } from './button';

type SubmitButtonProps = Omit<ComponentProps<typeof Button>, 'type'> & { pendingLabel?: string };

/**
 * The submit button of a form that runs a server action. While the action runs it refuses a second press with
 * aria-disabled, not `disabled`: a disabled button drops the keyboard focus.
 */
export function SubmitButton({ pendingLabel, children, onClick, ...rest }: SubmitButtonProps) {
  const { pending } = useFormStatus();
  return (
    <Button
      {...rest}
      type="submit"
      aria-disabled={pending || undefined}
      onClick={(event) => {
        if (pending) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {pending && pendingLabel ? pendingLabel : children}
    </Button>
  );
}
