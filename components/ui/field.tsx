import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes';
import { WarningIcon } from './icons';
import { Select } from './select';

const CONTROL =
  'block w-full rounded-md border bg-surface px-3 text-base text-ink shadow-lift [&:not(select,[type=file])]:read-only:bg-subtle md:text-sm';

/** The look of a control. */
export function controlClass(invalid: boolean, extra?: string): string {
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

type FieldProps = { id: string; label: ReactNode; hint?: ReactNode; error?: string };

/** What a control has of its field: its name, its state, and what describes it. */
function controlProps({ id, hint, error }: FieldProps, shape: string) {
  return {
    id,
    name: id,
    className: controlClass(Boolean(error), classes('mt-1.5', shape)),
    'aria-invalid': error ? true : undefined,
    'aria-describedby': describedBy(id, hint, error),
  };
}

/** A control between its label with the hint and what is wrong with it. */
function Labelled({ id, label, hint, error, className, children }: FieldProps & ComponentProps<'div'>) {
  return (
    <div className={className}>
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {hint ? (
        <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
          {hint}
        </p>
      ) : null}
      {children}
      <FieldError id={`${id}-error`}>{error}</FieldError>
    </div>
  );
}

const ONE_LINE = 'min-h-11 md:min-h-9';

/** A labelled text input. The hint and the error are tied to it by aria-describedby. */
export function TextField({ id, label, hint, error, className, ...rest }: FieldProps & ComponentProps<'input'>) {
  const field = { id, label, hint, error };
  return (
    <Labelled {...field} className={className}>
      <input type="text" {...controlProps(field, ONE_LINE)} {...rest} />
    </Labelled>
  );
}

/** A labelled choice of one among a few. */
export function SelectField({
  id,
  label,
  hint,
  error,
  className,
  ...rest
}: FieldProps & ComponentProps<typeof Select>) {
  const field = { id, label, hint, error };
  return (
    <Labelled {...field} className={className}>
      <Select {...controlProps(field, ONE_LINE)} {...rest} />
    </Labelled>
  );
}

/** A labelled text area. */
export function TextArea({ id, label, hint, error, className, ...rest }: FieldProps & ComponentProps<'textarea'>) {
  const field = { id, label, hint, error };
  return (
    <Labelled {...field} className={className}>
      <textarea rows={4} {...controlProps(field, 'py-2')} {...rest} />
    </Labelled>
  );
}

/** A labelled picker of a file; `accept` says which kinds. */
export function FileField({ id, label, hint, error, className, ...rest }: FieldProps & ComponentProps<'input'>) {
  const field = { id, label, hint, error };
  return (
    <Labelled {...field} className={className}>
      <input type="file" {...controlProps(field, 'file-input min-h-11 py-1.5 md:min-h-9')} {...rest} />
    </Labelled>
  );
}

/** An input without a visible label of its own, for a row of a list; name it with aria-label. */
export function RowInput({ invalid, className, ...rest }: ComponentProps<'input'> & { invalid?: boolean }) {
  return (
    <input
      type="text"
      className={controlClass(Boolean(invalid), classes(ONE_LINE, className))}
      aria-invalid={invalid ? true : undefined}
      {...rest}
    />
  );
}

/** A choice in a row of a list; label it by its id or with aria-label. */
export function RowSelect({ invalid, className, ...rest }: ComponentProps<typeof Select> & { invalid?: boolean }) {
  return (
    <Select
      className={controlClass(Boolean(invalid), classes(ONE_LINE, className))}
      aria-invalid={invalid ? true : undefined}
      {...rest}
    />
  );
}

/** The same for longer texts. */
export function RowTextArea({ invalid, className, ...rest }: ComponentProps<'textarea'> & { invalid?: boolean }) {
  return (
    <textarea
      className={controlClass(Boolean(invalid), classes('py-2', className))}
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
