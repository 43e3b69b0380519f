'use client';

import { useActionState, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { FieldError, RowInput } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { FormErrorSummary } from '@/components/ui/form-error-summary';
import { CrossIcon, PlusIcon } from '@/components/ui/icons';
import { SubmitButton } from '@/components/ui/submit-button';
import { Tooltip } from '@/components/ui/tooltip';
import { FormMessage } from './form-message';
import type { FormAction, FormState, RedirectValues } from './form-state';

type RedirectState = FormState<RedirectValues>;
type UrlRow = { key: number; value: string };

const EXTRA_LINES_WITHOUT_SCRIPT = [0, 1, 2];

/** The lines of the list, with one empty line at its end for the next address. A line that stands there keeps its input. */
function rowsFor(urls: string[], standing: readonly UrlRow[], nextKey: number): UrlRow[] {
  return [...urls, ''].map((value, index) => ({ key: standing[index]?.key ?? nextKey + index, value }));
}

type RedirectUrlsFormProps = {
  action: FormAction<RedirectState>;
  saved: string[];
  /** Those of them that wait for a reviewer. */
  pending: string[];
  limit: number;
};

/**
 * Redirect URLs, one line each. Without scripts there are always some empty lines and an emptied line is removed;
 * with scripts, lines come and go by buttons.
 */
export function RedirectUrlsForm({ action, saved, pending, limit }: RedirectUrlsFormProps) {
  const [state, submit] = useActionState<RedirectState, FormData>(action, { status: 'idle' });
  const { t } = useI18n();
  const answered = (answer: RedirectState) => (answer.status === 'idle' ? saved : (answer.values?.urls ?? saved));
  const [rows, setRows] = useState(() => rowsFor(answered(state), [], 0));
  const [nextKey, setNextKey] = useState(rows.length);
  const [sent, setSent] = useState<UrlRow[] | null>(null);
  const [seen, setSeen] = useState(state);
  if (state !== seen) {
    setSeen(state);
    // What was saved is shown as it was saved, unless somebody has gone on typing.
    if (state.status === 'saved' && rows === sent) {
      const fresh = rowsFor(answered(state), rows, nextKey);
      setRows(fresh);
      setNextKey(nextKey + fresh.length);
    }
  }
  const errors = state.status === 'refused' ? state.errors : {};

  const change = (key: number, value: string) =>
    setRows((current) => current.map((row) => (row.key === key ? { key, value } : row)));
  const remove = (key: number) => setRows((current) => current.filter((row) => row.key !== key));
  const add = () => {
    setRows((current) => [...current, { key: nextKey, value: '' }]);
    setNextKey(nextKey + 1);
  };

  const errorOf = (row: UrlRow) => (row.value === '' ? undefined : errors[row.value.trim()]);
  const wrong = rows.flatMap((row, index) => {
    const message = errorOf(row);
    const line = t('applications.redirects.line', { place: index + 1 });
    return message ? [{ fieldId: lineId(index + 1), message: `${line}: ${message}` }] : [];
  });

  return (
    <Form action={submit} answer={state} onSubmit={() => setSent(rows)} noValidate>
      {state.status === 'idle' ? null : <FormMessage state={state} />}
      <FormErrorSummary title={t('applications.form.not_saved')} errors={wrong} />
      <ul className="space-y-3">
        {rows.map((row, index) => (
          <UrlLine
            key={row.key}
            row={row}
            place={index + 1}
            error={errorOf(row)}
            waits={pending.includes(row.value)}
            onChange={change}
            onRemove={remove}
          />
        ))}
      </ul>
      <noscript>
        <ul className="mt-3 space-y-3">
          {EXTRA_LINES_WITHOUT_SCRIPT.map((extra) => (
            <li key={extra}>
              <RowInput
                name="redirectUris"
                inputMode="url"
                aria-label={t('applications.redirects.line', { place: rows.length + extra + 1 })}
              />
            </li>
          ))}
        </ul>
        <p className="mt-3 text-sm text-muted">{t('applications.redirects.without_scripts')}</p>
      </noscript>
      <p className="mt-3 text-sm text-muted">{t.rich('applications.redirects.rule', RICH)}</p>
      <div className="mt-5 flex flex-wrap justify-between gap-2">
        <Button onClick={add} disabled={rows.length >= limit} className="noscript:hidden">
          <PlusIcon />
          {t('applications.redirects.add')}
        </Button>
        <SubmitButton variant="primary" pendingLabel={t('common.saving')} className="ml-auto">
          {t('applications.redirects.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}

const lineId = (place: number) => `redirect-url-${place}`;

type UrlLineProps = {
  row: UrlRow;
  place: number;
  waits: boolean;
  error: string | undefined;
  onChange: (key: number, value: string) => void;
  onRemove: (key: number) => void;
};

function UrlLine({ row, place, waits, error, onChange, onRemove }: UrlLineProps) {
  const { t } = useI18n();
  const errorId = `${lineId(place)}-error`;
  const waitsId = `${lineId(place)}-waits`;
  return (
    <li>
      <div className="flex gap-2">
        <RowInput
          id={lineId(place)}
          name="redirectUris"
          value={row.value}
          onChange={(event) => onChange(row.key, event.currentTarget.value)}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="https://app.example.com/callback"
          aria-label={t('applications.redirects.line', { place })}
          invalid={Boolean(error)}
          aria-describedby={error ? errorId : waits ? waitsId : undefined}
          className="font-mono"
        />
        <Tooltip text={t('applications.redirects.remove_line', { place })}>
          <Button
            variant="quiet"
            className="min-w-11 px-2 md:min-w-9 noscript:hidden"
            aria-label={t('applications.redirects.remove_line', { place })}
            onClick={() => onRemove(row.key)}
          >
            <CrossIcon />
          </Button>
        </Tooltip>
      </div>
      {waits ? (
        <p id={waitsId} className="mt-1">
          <Badge tone="accent">{t('applications.pending')}</Badge>
        </p>
      ) : null}
      <FieldError id={errorId}>{error}</FieldError>
    </li>
  );
}
