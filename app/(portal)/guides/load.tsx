import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { AppChooser } from '@/components/guides/app-chooser';
import { GuideFrame } from '@/components/guides/guide-frame';
import { GuideLink, Word } from '@/components/guides/prose';
import { Snippet } from '@/components/guides/snippet';
import { RICH } from '@/components/i18n/rich';
import { type Guide, type GuideChoice, guideAddress } from '@/lib/apps/guide-links';
import { type GuideSnippet, guideValues } from '@/lib/apps/guide-snippets';
import { canManageApps } from '@/lib/apps/roles';
import { SNIPPET_LANGUAGES } from '@/lib/apps/snippets';
import type { MessageKey } from '@/lib/i18n/catalogue';
import { runtime } from '@/lib/runtime/runtime';
import { listGuideApps } from '@/lib/store/guide-apps';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { numberOf, oneOf, type Query } from '../applications/query';
import { guideNumbers } from './numbers';

export type GuidePage = { searchParams: Promise<Query> };

/** The title of a guide's page. */
export async function guideMetadata(guide: Guide): Promise<Metadata> {
  return { title: (await getI18n()).t(`guides.titles.${guide}`) };
}

/**
 * What a guide is written with: the reader's language and choices, texts with their links and numbers, and the frame
 * around it. An app counts only among those of the reader's own organisation, and for who may manage them.
 */
export async function loadGuide(guide: Guide, { searchParams }: GuidePage) {
  const [user, i18n, query] = await Promise.all([currentUser(), getI18n(), searchParams]);
  const { settings, brand } = runtime();
  const asked = numberOf(query.app);
  const apps = user && canManageApps(user.role) ? await listGuideApps(user.tenant.id, asked) : null;
  const app = apps?.find(({ id }) => id === asked) ?? null;
  const choice: GuideChoice = { app: app?.id ?? null, language: oneOf(query.lang, SNIPPET_LANGUAGES) };
  const values = guideValues({ issuer: settings.publicUrl, apiUrl: settings.apiUrl }, app);
  const numbers = guideNumbers(settings);
  const to = (name: Guide, anchor?: string) => (text: ReactNode) => (
    <GuideLink href={guideAddress(name, choice, anchor)}>{text}</GuideLink>
  );
  const tags = {
    b: RICH.b,
    code: (text: ReactNode) => <Word>{text}</Word>,
    start: to('get_started'),
    oauth: to('understanding_oauth2'),
    rotation: to('understanding_oauth2', 'rotation'),
    backend: to('backend_app'),
    native: to('web_or_native_app'),
    reference: to('reference'),
    scopes: to('reference', 'scopes'),
    errors: to('reference', 'errors'),
    lifetimes: to('reference', 'lifetimes'),
    verification: to('reference', 'verification'),
    api: to('api'),
    applications: (text: ReactNode) => <GuideLink href="/applications">{text}</GuideLink>,
    connections: (text: ReactNode) => <GuideLink href="/connections">{text}</GuideLink>,
  };
  /** A text with its numbers, words and links. */
  const say = (key: MessageKey): ReactNode => i18n.t.rich(key, { ...numbers, ...tags, brand: brand.name });
  return {
    i18n,
    settings,
    brand,
    numbers,
    choice,
    values,
    say,
    snippet: (name: GuideSnippet) => <Snippet {...{ i18n, guide, choice, values, name }} />,
    /** The frame; `withValues` offers the choice of an app. */
    frame: (children: ReactNode, { withValues = false } = {}) => (
      <GuideFrame
        i18n={i18n}
        guide={guide}
        choice={choice}
        controls={withValues ? <AppChooser i18n={i18n} guide={guide} choice={choice} apps={apps} /> : null}
      >
        {children}
      </GuideFrame>
    ),
  };
}
