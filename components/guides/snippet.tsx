import type { Route } from 'next';
import Link from 'next/link';
import { classes } from '@/components/ui/classes';
import { CopyButton } from '@/components/ui/copy-field';
import { type Guide, type GuideChoice, guideAddress, SNIPPET_LANGUAGE_NAMES } from '@/lib/apps/guide-links';
import { type GuideSnippet, type GuideValues, guideSnippet } from '@/lib/apps/guide-snippets';
import { SNIPPET_LANGUAGES } from '@/lib/apps/snippets';
import type { I18n } from '@/lib/i18n/i18n';

export type SnippetProps = {
  i18n: I18n;
  guide: Guide;
  choice: GuideChoice;
  values: GuideValues;
  name: GuideSnippet;
};

/** A program to copy, in the language that the reader chose. Languages are links: the choice has an address. */
export function Snippet({ i18n: { t }, guide, choice, values, name }: SnippetProps) {
  const language = choice.language ?? SNIPPET_LANGUAGES[0];
  const title = t(`guides.snippet.${name}`);
  const code = guideSnippet(name, language, values);
  const anchor = `snippet-${name.replaceAll('_', '-')}`;
  return (
    <figure id={anchor} className="my-5 scroll-mt-4 overflow-clip rounded-lg border border-line bg-surface shadow-lift">
      <figcaption className="px-4 pt-3 text-sm font-medium">{title}</figcaption>
      <div className="flex flex-wrap items-end justify-between gap-x-4 border-b border-line px-2">
        <ul aria-label={t('guides.snippet.languages', { title })} className="flex">
          {SNIPPET_LANGUAGES.map((other) => (
            <li key={other}>
              <Link
                href={guideAddress(guide, { ...choice, language: other }, anchor) as Route}
                prefetch={false}
                scroll={false}
                aria-current={other === language ? 'true' : undefined}
                className={classes(
                  'inline-flex min-h-11 items-center border-b-2 px-2.5 text-sm whitespace-nowrap no-underline',
                  other === language
                    ? 'border-accent-text font-medium text-ink'
                    : 'border-transparent text-muted hover:border-field hover:text-ink',
                )}
              >
                {SNIPPET_LANGUAGE_NAMES[other]}
              </Link>
            </li>
          ))}
        </ul>
        {code ? (
          <div className="flex py-1.5">
            <CopyButton value={code} label={title} />
          </div>
        ) : null}
      </div>
      {code ? (
        <Code label={t('guides.snippet.code', { title, language: SNIPPET_LANGUAGE_NAMES[language] })} text={code} />
      ) : (
        <p className="p-4 text-sm text-muted">
          {t(name === 'verify' ? 'guides.snippet.no_verify' : 'guides.snippet.no_callback')}
        </p>
      )}
    </figure>
  );
}

/** Text as it is typed; what it says to its reader stands back a little. Scrolls by itself, by keyboard too. */
export function Code({ label, text }: { label: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, and there are none
    <pre role="group" tabIndex={0} aria-label={label} className="overflow-x-auto bg-subtle p-4 font-mono text-sm">
      <code>
        {inBlocks(text).map(({ comment, lines }, at) =>
          comment ? (
            // Blocks never move: their place is their identity.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <span key={at} className="text-muted">
              {lines}
            </span>
          ) : (
            lines
          ),
        )}
      </code>
    </pre>
  );
}

/** Lines that follow each other and are of one kind. */
function inBlocks(text: string): { comment: boolean; lines: string }[] {
  const blocks: { comment: boolean; lines: string }[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    const comment = /^\s*(#|\/\/|\/\*\*|""")/.test(line);
    const last = blocks.at(-1);
    if (last?.comment === comment) last.lines += line;
    else blocks.push({ comment, lines: line });
  }
  return blocks;
}
