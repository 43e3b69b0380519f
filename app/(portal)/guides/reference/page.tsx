import { P, Part, Points } from '@/components/guides/prose';
import {
  AccessTable,
  CodeTable,
  EndpointTable,
  ErrorList,
  MeasureTable,
  ScopeTable,
} from '@/components/guides/reference';
import { CHECKS, MIN_PURPOSE_LENGTH } from '@/lib/apps/checklist';
import { SCOPE_CATALOGUE } from '@/lib/oauth/scopes';
import { type GuidePage, guideMetadata, loadGuide } from '../load';
import { CODES, codeRows, endpointRows, errorEntries } from './tables';

export const generateMetadata = () => guideMetadata('reference');

const PARTS = ['scopes', 'endpoints', 'errors', 'lifetimes', 'verification'] as const;

const LIFETIMES = ['consent', 'code', 'access', 'refresh', 'keys'] as const;
const LIMITS = [
  'refresh',
  'tokens',
  'silent',
  'api',
  'client',
  'guesses',
  'code',
  'pages',
  'form',
  'state',
  'redirects',
  'secrets',
] as const;

/** What is looked up: every scope, address, error and number. */
export default async function ReferencePage(page: GuidePage) {
  const { i18n, frame, say } = await loadGuide('reference', page);
  const { t } = i18n;
  return frame(
    <>
      <ul className="mt-4 flex flex-wrap gap-x-5 gap-y-1">
        {PARTS.map((part) => (
          <li key={part}>
            <a
              href={`#${part}`}
              className="inline-flex min-h-6 items-center text-accent-text underline underline-offset-4"
            >
              {t(`guides.reference.${part}.title`)}
            </a>
          </li>
        ))}
      </ul>
      <Part id="scopes" title={say('guides.reference.scopes.title')}>
        <P>{say('guides.reference.scopes.text')}</P>
        <AccessTable i18n={i18n} />
        <P>{say('guides.reference.scopes.canonical')}</P>
        <ScopeTable i18n={i18n} scopes={SCOPE_CATALOGUE} />
      </Part>
      <Part id="endpoints" title={say('guides.reference.endpoints.title')}>
        <P>{say('guides.reference.endpoints.text')}</P>
        <EndpointTable i18n={i18n} rows={endpointRows(i18n)} />
        <P>{say('guides.reference.endpoints.hosts')}</P>
        <P>{say('guides.reference.endpoints.form')}</P>
      </Part>
      <Part id="errors" title={say('guides.reference.errors.title')}>
        <P>{say('guides.reference.errors.text')}</P>
        <P>{say('guides.reference.errors.on_redirect')}</P>
        <CodeTable i18n={i18n} rows={codeRows(i18n)} />
        <P>{say('guides.reference.errors.retry')}</P>
        <P>{say('guides.reference.errors.reasons')}</P>
        {CODES.map((code) => (
          <section key={code} aria-labelledby={`reasons-${code}`} className="mt-8">
            <h3 id={`reasons-${code}`} className="scroll-mt-4 font-mono text-base font-semibold">
              {code}
            </h3>
            <ErrorList i18n={i18n} entries={errorEntries(i18n, code)} />
          </section>
        ))}
      </Part>
      <Part id="lifetimes" title={say('guides.reference.lifetimes.title')}>
        <MeasureTable
          caption={t('guides.reference.lifetimes.title')}
          columns={[t('guides.reference.lifetimes.what'), t('guides.reference.lifetimes.how_long')]}
          rows={LIFETIMES.map((name) => ({
            name,
            what: say(`guides.reference.lifetimes.${name}`),
            measure: say(`guides.reference.lifetimes.${name}_time`),
          }))}
        />
        <MeasureTable
          caption={t('guides.reference.limits.title')}
          columns={[t('guides.reference.limits.what'), t('guides.reference.limits.most')]}
          rows={LIMITS.map((name) => ({
            name,
            what: say(`guides.reference.limits.${name}`),
            measure: say(`guides.reference.limits.${name}_most`),
          }))}
        />
        <P>{say('guides.reference.limits.answer')}</P>
      </Part>
      <Part id="verification" title={say('guides.reference.verification.title')}>
        <P>{say('guides.reference.verification.text')}</P>
        <P>{say('guides.reference.verification.needs')}</P>
        <Points items={CHECKS.map((check) => t(`verification.checks.${check}`, { count: MIN_PURPOSE_LENGTH }))} />
        <P>{say('guides.reference.verification.bound')}</P>
        <P>{say('guides.reference.verification.forever')}</P>
      </Part>
    </>,
  );
}
