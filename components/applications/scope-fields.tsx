'use client';

import type { ReactNode } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Choice, FieldError, RowSelect, RowTextArea } from '@/components/ui/field';
import { MAX_PURPOSE_LENGTH, type ScopeLine } from '@/lib/apps/scopes';

type ScopeFieldsProps = {
  line: ScopeLine;
  /** What the scope opens, in words. */
  label: string;
  note: ReactNode;
  error: string | undefined;
};

const ACCESSES = ['r', 'w', 'd'] as const;

// Folded while no access is chosen and no purpose is written: nothing that was typed is ever out of sight.
const FOLDS = "[&:has(option[value='']:checked):has(textarea:placeholder-shown)_[data-details]]:hidden";

/** The access of one scope, whether users may untick it, and what for. The choices say what users will read. */
export function ScopeFields({ line: { name, access, optional, purpose }, label, note, error }: ScopeFieldsProps) {
  const { t } = useI18n();
  return (
    <div className={FOLDS}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
        <label
          htmlFor={`access.${name}`}
          className="flex min-w-0 flex-1 basis-40 flex-wrap items-center gap-x-2 text-sm"
        >
          <span className="font-medium first-letter:uppercase">{label}</span>
          <code className="font-mono text-xs text-muted">{name}</code>
          {note}
        </label>
        <RowSelect id={`access.${name}`} name={`access.${name}`} defaultValue={access} className="sm:w-80">
          <option value="">{t('applications.scopes.not_asked')}</option>
          {ACCESSES.map((value) => (
            <option key={value} value={value}>
              {t(`applications.scopes.access.${value}`)}
            </option>
          ))}
        </RowSelect>
      </div>
      <div data-details="" className="mt-2 space-y-2">
        <div>
          <label htmlFor={`purpose.${name}`} className="text-sm text-muted">
            {t('applications.scopes.purpose')}
          </label>
          <RowTextArea
            id={`purpose.${name}`}
            name={`purpose.${name}`}
            defaultValue={purpose}
            placeholder={t('applications.scopes.purpose_example')}
            rows={2}
            maxLength={MAX_PURPOSE_LENGTH * 2}
            invalid={Boolean(error)}
            aria-describedby={error ? `purpose.${name}-error` : undefined}
          />
          <FieldError id={`purpose.${name}-error`}>{error}</FieldError>
        </div>
        <Choice
          type="checkbox"
          id={`optional.${name}`}
          label={t('applications.scopes.optional')}
          hint={t('applications.scopes.optional_hint')}
          defaultChecked={optional}
        />
      </div>
    </div>
  );
}
