import type { Metadata } from 'next';
import { getI18n } from '@/lib/web/i18n';
import { appOfRequest } from './app-of-request';

type Section =
  | 'credentials'
  | 'redirect_urls'
  | 'scopes'
  | 'access'
  | 'connections'
  | 'activity'
  | 'playground'
  | 'verification'
  | 'danger';

/** The title of a section's page: the section, then the application. */
export async function sectionTitle(params: Promise<{ id: string }>, section: Section): Promise<Metadata> {
  const { app } = await appOfRequest((await params).id, `/${section.replace('_', '-')}`);
  return { title: `${(await getI18n()).t(`applications.sections.${section}`)} · ${app.name}` };
}
