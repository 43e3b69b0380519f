import Link from 'next/link';
import type { ComponentProps } from 'react';
import { classes } from './classes';

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-outline';
export type ButtonSize = 'md' | 'sm';

const BASE =
  'inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap no-underline motion-safe:transition-colors disabled:opacity-55 aria-disabled:opacity-55';

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'border-transparent bg-accent text-accent-ink hover:bg-accent-strong',
  secondary: 'border-field/60 bg-surface text-ink shadow-lift hover:bg-subtle',
  quiet: 'border-transparent bg-transparent text-ink hover:bg-subtle',
  danger: 'border-transparent bg-danger text-accent-ink hover:bg-danger-strong',
  'danger-outline': 'border-danger-line bg-surface text-danger-text hover:bg-danger-soft',
};

// On phones every target is at least 44 px high.
const SIZES: Record<ButtonSize, string> = {
  md: 'min-h-11 px-4 text-sm md:min-h-9',
  sm: 'min-h-11 px-3 text-sm md:min-h-8',
};

/** The look of a button, for the elements that must be something else (summary, a native link). */
export function buttonClass(variant: ButtonVariant = 'secondary', size: ButtonSize = 'md', extra?: string): string {
  return classes(BASE, VARIANTS[variant], SIZES[size], extra);
}

type ButtonProps = ComponentProps<'button'> & { variant?: ButtonVariant; size?: ButtonSize };

/** A button. It does not submit unless `type="submit"` is given. */
export function Button({ variant, size, className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={buttonClass(variant, size, className)} {...rest} />;
}

type ButtonLinkProps = ComponentProps<typeof Link> & { variant?: ButtonVariant; size?: ButtonSize };

/** A link that looks like a button. */
export function ButtonLink({ variant, size, className, ...rest }: ButtonLinkProps) {
  return <Link className={buttonClass(variant, size, className)} prefetch={false} {...rest} />;
}
