import type { ReactNode } from 'react';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import type { I18n } from '@/lib/i18n/i18n';
import { OFFLINE_ACCESS, type ScopeDefinition, wordsIn } from '@/lib/oauth/scopes';
import { Word } from './prose';

/** Every scope, what it opens and in which words users read of it. */
export function ScopeTable({ i18n: { t, locale }, scopes }: { i18n: I18n; scopes: readonly ScopeDefinition[] }) {
  const columns = [
    t('guides.reference.scopes.scope'),
    t('guides.reference.scopes.words'),
    t('guides.reference.scopes.opens'),
  ];
  return (
    <div className="mt-4">
      <DataTable caption={t('guides.reference.scopes.title')} columns={columns}>
        <RowGroup>
          {scopes.map(({ name, resource, label, also }) => (
            <Row key={name}>
              <Cell head>
                <Word>{name}</Word>
              </Cell>
              <Cell label={columns[1]}>
                {wordsIn(label, locale)}
                {also ? <span className="block text-muted">{wordsIn(also, locale)}</span> : null}
              </Cell>
              <Cell label={columns[2]}>
                <code className="font-mono">{resource}</code>
              </Cell>
            </Row>
          ))}
          <Row>
            <Cell head>
              <Word>{OFFLINE_ACCESS}</Word>
            </Cell>
            <Cell label={columns[1]}>{t('guides.reference.scopes.offline_access')}</Cell>
            <Cell label={columns[2]}>{t('guides.reference.scopes.opens_nothing')}</Cell>
          </Row>
        </RowGroup>
      </DataTable>
    </div>
  );
}

/** What each access of a scope lets an app do. */
export function AccessTable({ i18n: { t } }: { i18n: I18n }) {
  const columns = [
    t('guides.reference.scopes.written'),
    t('guides.reference.scopes.methods'),
    t('guides.reference.scopes.meaning'),
  ];
  const rows = [
    { written: ['source', 'source:r'], methods: 'GET', meaning: t('guides.reference.scopes.read') },
    { written: ['source:w'], methods: 'GET, POST, PUT', meaning: t('guides.reference.scopes.write') },
    { written: ['source:d'], methods: 'GET, POST, PUT, DELETE', meaning: t('guides.reference.scopes.delete') },
  ];
  return (
    <div className="mt-4">
      <DataTable caption={t('guides.reference.scopes.levels')} columns={columns}>
        <RowGroup>
          {rows.map(({ written, methods, meaning }) => (
            <Row key={methods}>
              <Cell head>
                <span className="flex flex-wrap gap-2">
                  {written.map((word) => (
                    <Word key={word}>{word}</Word>
                  ))}
                </span>
              </Cell>
              <Cell label={columns[1]}>
                <code className="font-mono">{methods}</code>
              </Cell>
              <Cell label={columns[2]}>{meaning}</Cell>
            </Row>
          ))}
        </RowGroup>
      </DataTable>
    </div>
  );
}

export type EndpointRow = {
  name: string;
  what: string;
  method: string;
  documented: string | null;
  standard: string | null;
};

/** The endpoints of both dialects side by side. */
export function EndpointTable({ i18n: { t }, rows }: { i18n: I18n; rows: readonly EndpointRow[] }) {
  const columns = [
    t('guides.reference.endpoints.what'),
    t('guides.reference.endpoints.documented'),
    t('guides.reference.endpoints.standard'),
  ];
  const address = (method: string, path: string | null) =>
    path ? (
      <code className="font-mono">
        {method} {path}
      </code>
    ) : (
      t('guides.reference.endpoints.none')
    );
  return (
    <div className="mt-4">
      <DataTable caption={t('guides.reference.endpoints.title')} columns={columns}>
        <RowGroup>
          {rows.map(({ name, what, method, documented, standard }) => (
            <Row key={name}>
              <Cell head>{what}</Cell>
              <Cell label={columns[1]}>{address(method, documented)}</Cell>
              <Cell label={columns[2]}>{address(method, standard)}</Cell>
            </Row>
          ))}
        </RowGroup>
      </DataTable>
    </div>
  );
}

export type CodeRow = {
  code: string;
  meaning: string;
  /** As the documented endpoints write it, with its status. */
  documented: string;
  standard: string;
};

/** The machine's words and their statuses. */
export function CodeTable({ i18n: { t }, rows }: { i18n: I18n; rows: readonly CodeRow[] }) {
  const columns = [
    t('guides.reference.errors.code'),
    t('guides.reference.errors.documented'),
    t('guides.reference.errors.standard'),
    t('guides.reference.errors.meaning'),
  ];
  return (
    <div className="mt-4">
      <DataTable caption={t('guides.reference.errors.codes')} columns={columns}>
        {rows.map(({ code, meaning, documented, standard }) => (
          <RowGroup key={code} id={code}>
            <Row>
              <Cell head className="md:whitespace-nowrap">
                <Word>{code}</Word>
              </Cell>
              <Cell label={columns[1]}>{documented}</Cell>
              <Cell label={columns[2]}>{standard}</Cell>
              <Cell label={columns[3]}>{meaning}</Cell>
            </Row>
          </RowGroup>
        ))}
      </DataTable>
    </div>
  );
}

export type ErrorEntry = {
  reason: string;
  /** Where and with which status it is told. */
  told: string;
  /** What is said on the wire, in English. */
  sentence: string;
  cause: string;
  fix: string;
};

/** Every refusal with its cause and its remedy. The anchor of each is its word in the event log. */
export function ErrorList({ i18n: { t }, entries }: { i18n: I18n; entries: readonly ErrorEntry[] }) {
  return (
    <ul className="mt-3 divide-y divide-line rounded-lg border border-line bg-surface shadow-lift">
      {entries.map(({ reason, told, sentence, cause, fix }) => (
        <li key={reason} id={reason} className="scroll-mt-4 p-4 text-sm target:bg-accent-soft">
          <a href={`#${reason}`} className="mr-4 font-mono font-medium text-ink no-underline hover:underline">
            {reason}
          </a>
          <span className="text-muted">{told}</span>
          <p lang="en" className="mt-1 text-muted">
            “{sentence}”
          </p>
          <p className="mt-2 max-w-form">
            {cause} <strong className="font-semibold">{t('guides.reference.errors.fix')}</strong> {fix}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** Things and their measure. */
export function MeasureTable({
  caption,
  columns,
  rows,
}: {
  caption: string;
  columns: [string, string];
  rows: readonly { name: string; what: ReactNode; measure: ReactNode }[];
}) {
  return (
    <div className="mt-4">
      <DataTable caption={caption} columns={columns}>
        <RowGroup>
          {rows.map(({ name, what, measure }) => (
            <Row key={name}>
              <Cell head>{what}</Cell>
              <Cell>{measure}</Cell>
            </Row>
          ))}
        </RowGroup>
      </DataTable>
    </div>
  );
}
