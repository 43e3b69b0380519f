import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes';
import { Choice, FieldError } from './field';

type RadioGroupProps = {
  /** Name of the field; its options have the ids `<name>-<value>`. */
  name: string;
  legend: ReactNode;
  hideLegend?: boolean;
  hint?: ReactNode;
  error?: string;
  options: readonly { value: string; label: ReactNode; hint?: ReactNode; disabled?: boolean }[];
  defaultValue?: string;
};

/** A choice of one among a few, each explained. */
export function RadioGroup({ name, legend, hideLegend, hint, error, options, defaultValue }: RadioGroupProps) {
  return (
    <fieldset
      aria-describedby={
        [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ') || undefined
      }
    >
      <legend className={hideLegend ? 'sr-only' : 'text-sm font-medium'}>{legend}</legend>
      {hint ? (
        <p id={`${name}-hint`} className="mt-0.5 text-sm text-muted">
          {hint}
        </p>
      ) : null}
      <div className={classes('space-y-2', !hideLegend && 'mt-2')}>
        {options.map(({ value, label, hint: optionHint, disabled }) => (
          <Choice
            key={value}
            type="radio"
            boxed
            id={`${name}-${value}`}
            name={name}
            value={value}
            label={label}
            hint={optionHint}
            disabled={disabled}
            defaultChecked={value === defaultValue}
          />
        ))}
      </div>
      <FieldError id={`${name}-error`}>{error}</FieldError>
    </fieldset>
  );
}

type SwitchProps = Omit<ComponentProps<'input'>, 'type' | 'role'> & { id: string; label: ReactNode; hint?: ReactNode };

/** On or off, for a setting that is saved with its form; a tick box to browsers and without scripts. */
export function Switch({ id, label, hint, ...rest }: SwitchProps) {
  return (
    <label htmlFor={id} className="flex min-h-11 items-start justify-between gap-4 py-1 md:min-h-6">
      <span className="text-sm">
        <span className="block font-medium">{label}</span>
        {hint ? (
          <span id={`${id}-hint`} className="block text-muted">
            {hint}
          </span>
        ) : null}
      </span>
      <input
        id={id}
        name={id}
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a tick box has its state already (ARIA in HTML)
        role="switch"
        className="switch mt-0.5"
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...rest}
      />
    </label>
  );
}
