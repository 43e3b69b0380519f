import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes';
import { WarningIcon } from './icons';

const CONTROL =
  'block w-full rounded-md border bg-surface px-3 text-base text-ink shadow-lift [&:not(select)]:read-only:bg-subtle md:text-sm';

function controlClass(invalid: boolean, extra?: string): string {
  return classes(CONTROL, invalid ? 'border-danger-text' : 'border-field', extra);
}

/** The ids that describe a control, in reading order: its hint, then what is wrong with it. */
function describedBy(id: string, hint: ReactNode, error: string | undefined): string | undefined {
  return [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
}

/** The sentence that says what is wrong, beside its control. */
export function FieldError({ id, children }: { id: string; children: string | undefined }) {
  if (!children) return null;
  return (
    <p id={id} className="mt-1.5 flex gap-1.5 text-sm text-danger-text">
      <WarningIcon className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

function Label({ id, label, hint }: { id: string; label: ReactNode; hint?: ReactNode }) {
  return (
    <>
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {hint ? (
        <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
          {hint}
        </p>
      ) : null}
    </>
  );
}

type FieldProps = { id: string; label: ReactNode; hint?: ReactNode; error?: string };

/** A labelled text input. The hint and the error are tied to it by aria-describedby. */
export function TextField({ id, label, hint, error, className, ...rest }: FieldProps & ComponentProps<'input'>) {
  return (
    <div className={className}>
      <Label id={id} label={label} hint={hint} />
      <input
        type="text"
        id={id}
        name={id}
        className={controlClass(Boolean(error), 'mt-1.5 min-h-11 md:min-h-9')}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        {...rest}
      />
      <FieldError id={`${id}-error`}>{error}</FieldError>
    </div>
  );
}

/** A labelled choice of one among a few. */
export function SelectField({ id, label, hint, error, className, ...rest }: FieldProps & ComponentProps<'select'>) {
  return (
    <div className={className}>
      <Label id={id} label={label} hint={hint} />
      <select
        id={id}
        name={id}
        className={controlClass(Boolean(error), 'mt-1.5 min-h-11 md:min-h-9')}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        {...rest}
      />
      <FieldError id={`${id}-error`}>{error}</FieldError>
    </div>
  );
}

/** A labelled text area. */
export function TextArea({ id, label, hint, error, className, ...rest }: FieldProps & ComponentProps<'textarea'>) {
  return (
    <div className={className}>
      <Label id={id} label={label} hint={hint} />
      <textarea
        id={id}
        name={id}
        rows={4}
        className={controlClass(Boolean(error), 'mt-1.5 py-2')}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        {...rest}
      />
      <FieldError id={`${id}-error`}>{error}</FieldError>
    </div>
  );
}

/** An input without a visible label of its own, for a row of a list; name it with aria-label. */
export function RowInput({ invalid, className, ...rest }: ComponentProps<'input'> & { invalid?: boolean }) {
  return (
    <input
      type="text"
      className={controlClass(Boolean(invalid), classes('min-h-11 md:min-h-9', className))}
      aria-invalid={invalid ? true : undefined}
      {...rest}
    />
  );
}

/** One tick box or radio button with its words, the whole of it a target. */
export function Choice({
  id,
  label,
  hint,
  type,
  boxed = false,
  ...rest
}: FieldProps & ComponentProps<'input'> & { type: 'checkbox' | 'radio'; boxed?: boolean }) {
  return (
    <label
      htmlFor={id}
      className={classes(
        'flex gap-3',
        boxed
          ? 'rounded-md border border-line p-3 has-checked:border-accent-text has-checked:bg-accent-soft'
          : 'min-h-11 py-1 md:min-h-6',
      )}
    >
      <input
        id={id}
        name={id}
        type={type}
        className="mt-0.5 size-4.5 shrink-0"
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...rest}
      />
      <span className="text-sm">
        <span className="block font-medium">{label}</span>
        {hint ? (
          <span id={`${id}-hint`} className="block text-muted">
            {hint}
          </span>
        ) : null}
      </span>
    </label>
  );
}
