import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import type { Answer, OpenApiDocument, Operation, Parameter, Schema } from '@/lib/apps/openapi';
import type { I18n } from '@/lib/i18n/i18n';
import { Word } from './prose';
import { Code } from './snippet';

const PLACES = ['query', 'header'] as const;

const fieldOf = ({ name, required, description, schema }: Parameter): Field => ({
  name,
  required,
  text: description,
  schema,
});

type OperationProps = { i18n: I18n; document: OpenApiDocument; method: string; path: string; operation: Operation };

/** One operation as people read it: what it is for, what it takes and everything that it answers. */
export function OperationCard({ i18n, document, method, path, operation }: OperationProps) {
  const { t } = i18n;
  const { operationId: id, summary, description, parameters = [], requestBody, responses, servers } = operation;
  const base = (servers ?? document.servers)[0]?.url ?? '';
  const form = Object.values(requestBody?.content ?? {})[0]?.schema;
  return (
    <section
      // Both dialects have one of this title: the address tells them apart.
      aria-labelledby={`${id} ${id}-address`}
      className="mt-6 rounded-lg border border-line bg-surface p-4 shadow-lift md:p-5"
    >
      <h3 id={id} className="scroll-mt-4 text-lg font-semibold">
        <a href={`#${id}`} className="text-ink no-underline hover:underline">
          {summary}
        </a>
      </h3>
      <p id={`${id}-address`} className="mt-1 flex flex-wrap items-center gap-2 text-sm">
        <Badge>{method.toUpperCase()}</Badge>
        <code className="font-mono">
          <span className="text-muted">{base}</span>
          {path}
        </code>
      </p>
      <p className="mt-2 max-w-form text-sm">{description}</p>
      {PLACES.map((place) => {
        const fields = parameters.filter((parameter) => parameter.in === place).map(fieldOf);
        if (fields.length === 0) return null;
        return (
          <Fields key={place} title={t(`guides.api.in.${place}`)} required={t('guides.api.required')} fields={fields} />
        );
      })}
      {form
        ? variants(document, form).map((schema, at) => (
            <Fields
              // biome-ignore lint/suspicious/noArrayIndexKey: variants never move
              key={at}
              title={formTitle(i18n, schema)}
              required={t('guides.api.required')}
              fields={fieldsOf(document, schema)}
            />
          ))
        : null}
      <h4 className="mt-5 text-sm font-semibold">{t('guides.api.answers')}</h4>
      <div className="mt-2 divide-y divide-line border-y border-line">
        {Object.entries(responses).map(([status, answer]) => (
          <AnswerDetails key={status} i18n={i18n} document={document} id={id} status={status} answer={answer} />
        ))}
      </div>
    </section>
  );
}

function formTitle({ t }: I18n, schema: Schema): ReactNode {
  const grant = schema.properties?.grant_type?.const;
  return grant ? (
    <>
      {t('guides.api.form')} <Word>grant_type={String(grant)}</Word>
    </>
  ) : (
    t('guides.api.form')
  );
}

type Field = { name: string; required: boolean; text: string | undefined; schema: Schema };

function Fields({ title, required, fields }: { title: ReactNode; required: string; fields: readonly Field[] }) {
  return (
    <>
      <h4 className="mt-5 text-sm font-semibold">{title}</h4>
      <dl className="mt-2 divide-y divide-line border-y border-line text-sm">
        {fields.map(({ name, required: must, text, schema }) => (
          <div key={name} className="gap-6 py-2.5 sm:grid sm:grid-cols-[13rem_minmax(0,1fr)]">
            <dt>
              <code className="font-mono font-medium">{name}</code>
              {must ? <span className="ml-2 text-muted">{required}</span> : null}
            </dt>
            <dd className="text-muted">
              {text}
              <Shape schema={schema} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What a value looks like, as far as that can be said in a word. */
function Shape({ schema }: { schema: Schema }) {
  const shape = schema.const !== undefined ? String(schema.const) : schema.pattern;
  return shape ? <code className="block font-mono text-xs">{shape}</code> : null;
}

type AnswerProps = { i18n: I18n; document: OpenApiDocument; id: string; status: string; answer: Answer };

function AnswerDetails({ i18n: { t }, document, id, status, answer }: AnswerProps) {
  const json = answer.content?.['application/json'];
  const examples = Object.entries(json?.examples ?? {});
  const success = Number(status) < 400;
  const fields = json && success ? variants(document, json.schema).flatMap((schema) => fieldsOf(document, schema)) : [];
  const headers = Object.entries(answer.headers ?? {});
  const said = (
    <>
      <code className="font-mono font-semibold">{status}</code> <span className="text-muted">{answer.description}</span>
    </>
  );
  if (examples.length === 0 && fields.length === 0 && headers.length === 0)
    return <p className="py-2.5 text-sm">{said}</p>;
  return (
    <details className="group py-1 text-sm">
      <summary className="flex min-h-9 items-center gap-2">
        <span aria-hidden="true" className="text-muted group-open:rotate-90">
          ›
        </span>
        <span>{said}</span>
      </summary>
      <div className="pb-3 pl-4">
        {headers.map(([name, { description }]) => (
          <p key={name} className="mt-1 text-muted">
            <code className="font-mono text-ink">{name}</code>: {description}
          </p>
        ))}
        {fields.length > 0 ? (
          <Fields title={t('guides.api.fields')} required={t('guides.api.required')} fields={unique(fields)} />
        ) : null}
        {examples.length > 0 ? (
          <div className="mt-3 overflow-clip rounded-md border border-line">
            <Code
              label={t('guides.api.examples', { operation: id, status })}
              text={examples.map(([, { value }]) => `${JSON.stringify(value, null, success ? 2 : 0)}\n`).join('')}
            />
          </div>
        ) : null}
      </div>
    </details>
  );
}

function resolved(document: OpenApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}

function variants(document: OpenApiDocument, schema: Schema): Schema[] {
  const whole = resolved(document, schema);
  return whole.oneOf ? whole.oneOf.map((variant) => resolved(document, variant)) : [whole];
}

function fieldsOf(document: OpenApiDocument, { properties = {}, required = [] }: Schema): Field[] {
  return Object.entries(properties).map(([name, property]) => {
    const schema = resolved(document, property);
    return { name, required: required.includes(name), text: schema.description, schema };
  });
}

const unique = (fields: readonly Field[]) =>
  fields.filter(({ name }, at) => fields.findIndex((other) => other.name === name) === at);
