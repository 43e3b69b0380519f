import type { Metadata } from 'next';
import type { MessageKey } from '@/lib/i18n/catalogue';
import { getI18n } from '@/lib/web/i18n';

/** The title of a section's page: its own name before the organisation's. */
export async function sectionTitle(key: MessageKey): Promise<Metadata> {
  const { t, say } = await getI18n();
  return { title: `${say({ key })} · ${t('organisation.title')}` };
}
