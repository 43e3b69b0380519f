import { openApiDocument } from '@/lib/apps/openapi';
import { createI18n } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import { type Prepared, prepare } from '@/lib/runtime/signing-keys';
import type { MachineAnswer, MachineRequest } from './http';
import { prepared } from './metadata';

/** The description of the endpoints (OpenAPI 3.1), in English as their answers are. */
export async function openApi(request: MachineRequest): Promise<MachineAnswer> {
  document ??= describe();
  return prepared(request, document);
}

let document: Prepared | null = null;

function describe(): Prepared {
  const { settings, brand } = runtime();
  const i18n = createI18n({ locale: 'en', formatLocale: 'en', timeZone: 'UTC' }, MESSAGES.en);
  return prepare(
    openApiDocument({
      issuer: settings.publicUrl,
      apiUrl: settings.apiUrl,
      brand: brand.name,
      locale: 'en',
      say: (key, values) => i18n.say(values ? { key, values } : { key }),
    }),
  );
}
