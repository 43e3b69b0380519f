'use client';

import { useEffect, useId, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Button } from './button';
import { classes } from './classes';
import { CheckIcon, CopyIcon } from './icons';

/**
 * A button that puts `value` on the clipboard and says so. Not shown where scripts are off.
 * @param compact without words, for a place in a line of text
 */
export function CopyButton({ value, label, compact = false }: { value: string; label: string; compact?: boolean }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // No clipboard (plain http on another host, permission refused): the value stands beside the button, selectable.
      setCopied(false);
    }
  }
  const words = <span aria-live="polite">{t(copied ? 'common.copied' : 'common.copy')}</span>;
  const icon = copied ? <CheckIcon className="size-4 text-ok-text" /> : <CopyIcon />;
  if (compact) {
    return (
      <button
        type="button"
        onClick={copy}
        aria-label={t('common.copy_named', { label })}
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-subtle hover:text-ink noscript:hidden"
      >
        {icon}
        <span className="sr-only">{words}</span>
      </button>
    );
  }
  return (
    <Button onClick={copy} aria-label={t('common.copy_named', { label })} className="shrink-0 noscript:hidden">
      {icon}
      {words}
    </Button>
  );
}

type CopyFieldProps = { label: string; value: string; hint?: string; hideLabel?: boolean };

/** A read-only value with its name and a copy button. A long one wraps: on a phone its end counts as much as its beginning. */
export function CopyField({ label, value, hint, hideLabel = false }: CopyFieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className={classes('block text-sm font-medium', hideLabel && 'sr-only')}>
        {label}
      </label>
      {hint ? (
        <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
          {hint}
        </p>
      ) : null}
      <div className={classes('flex items-start gap-2', !hideLabel && 'mt-1.5')}>
        <textarea
          id={id}
          readOnly
          rows={1}
          value={value}
          spellCheck={false}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onFocus={(event) => event.currentTarget.select()}
          className="field-sizing-content block min-h-11 w-full min-w-0 resize-none rounded-md border border-line bg-subtle px-3 py-2.5 font-mono text-sm break-all md:min-h-9 md:py-1.5"
        />
        <CopyButton value={value} label={label} />
      </div>
    </div>
  );
}
