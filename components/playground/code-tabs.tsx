'use client';

import { type KeyboardEvent, useId, useRef } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { classes } from '@/components/ui/classes';
import { CopyButton } from '@/components/ui/copy-field';
import { asSnippet, SNIPPET_LANGUAGES, type SnippetLanguage, type SnippetRequest } from '@/lib/apps/snippets';

const NAMES: Record<SnippetLanguage, string> = { curl: 'curl', node: 'Node', python: 'Python', go: 'Go' };
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

type CodeTabsProps = {
  request: SnippetRequest;
  /** What the request is called. */
  name: string;
  language: SnippetLanguage;
  setLanguage: (language: SnippetLanguage) => void;
};

/** A request as text to copy, in the language that is chosen for all of them. */
export function CodeTabs({ request, name, language, setLanguage }: CodeTabsProps) {
  const { t } = useI18n();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const text = asSnippet(language, request);

  function move(event: KeyboardEvent) {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = SNIPPET_LANGUAGES.indexOf(language) + step + SNIPPET_LANGUAGES.length;
    const next = SNIPPET_LANGUAGES[at % SNIPPET_LANGUAGES.length] as SnippetLanguage;
    setLanguage(next);
    list.current?.querySelector<HTMLElement>(`[data-language=${next}]`)?.focus();
  }

  return (
    <div className="rounded-md border border-line">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-2 py-1">
        <div ref={list} role="tablist" aria-label={t('playground.code', { name })} className="flex" onKeyDown={move}>
          {SNIPPET_LANGUAGES.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`${id}-${one}`}
              data-language={one}
              aria-selected={one === language}
              aria-controls={`${id}-panel`}
              tabIndex={one === language ? 0 : -1}
              onClick={() => setLanguage(one)}
              className={classes(
                'min-h-11 rounded-md px-3 text-sm md:min-h-8',
                one === language ? 'bg-subtle font-medium text-ink' : 'text-muted hover:text-ink noscript:hidden',
              )}
            >
              {NAMES[one]}
            </button>
          ))}
        </div>
        <CopyButton value={text} label={t('playground.code', { name })} />
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${language}`}>
        <Code>{text}</Code>
      </div>
    </div>
  );
}

/** Text of a machine: every character counts, and long lines are broken to be seen. */
export function Code({ children }: { children: string }) {
  return (
    <pre className="p-3 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap">
      <code>{children}</code>
    </pre>
  );
}
