import { OperationCard } from '@/components/guides/operation';
import { P, Part } from '@/components/guides/prose';
import { buttonClass } from '@/components/ui/button';
import { type Operation, openApiDocument } from '@/lib/apps/openapi';
import { type GuidePage, guideMetadata, loadGuide } from '../load';

export const generateMetadata = () => guideMetadata('api');

/** The OpenAPI document for people: the same builder, in the reader's language. */
export default async function ApiPage(page: GuidePage) {
  const { i18n, settings, brand, frame, say } = await loadGuide('api', page);
  const { t, locale } = i18n;
  const document = openApiDocument({
    issuer: settings.publicUrl,
    apiUrl: settings.apiUrl,
    brand: brand.name,
    locale,
    say: (key, values) => i18n.say(values ? { key, values } : { key }),
  });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]: [string, Operation]) => ({ path, method, operation })),
  );
  return frame(
    <>
      <P>{say('guides.api.text')}</P>
      <p className="mt-4">
        <a href="/openapi.json" download="openapi.json" className={buttonClass()}>
          {t('guides.api.download')}
        </a>
      </p>
      {document.tags.map(({ name, description }) => (
        <Part key={name} id={name} title={description}>
          {operations
            .filter(({ operation }) => operation.tags.includes(name))
            .map(({ path, method, operation }) => (
              <OperationCard key={path} {...{ i18n, document, method, path, operation }} />
            ))}
        </Part>
      ))}
    </>,
  );
}
