import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { type Guide, type GuideChoice, guideAddress } from '@/lib/apps/guide-links';
import type { GuideApp } from '@/lib/apps/guide-snippets';
import type { I18n } from '@/lib/i18n/i18n';

type AppChooserProps = {
  i18n: I18n;
  guide: Guide;
  choice: GuideChoice;
  /** null: whoever reads manages no applications. */
  apps: readonly GuideApp[] | null;
};

/** Whose values stand in the snippets. A form that asks by GET, so it needs no script and its answer has an address. */
export function AppChooser({ i18n: { t }, guide, choice, apps }: AppChooserProps) {
  if (apps === null) return <p className="mt-4 max-w-form text-sm text-muted">{t('guides.chooser.placeholders')}</p>;
  if (apps.length === 0) {
    return (
      <p className="mt-4 max-w-form text-sm text-muted">
        {t.rich('guides.chooser.no_apps', {
          create: (text) => (
            <Link href="/applications/new" prefetch={false} className={LINK}>
              {text}
            </Link>
          ),
        })}
      </p>
    );
  }
  return (
    <form
      action={guideAddress(guide, { app: null, language: null })}
      method="get"
      className="mt-4 rounded-lg border border-line bg-surface p-3 md:p-4"
    >
      <label htmlFor="app" className="block text-sm font-medium">
        {t('guides.chooser.label')}
      </label>
      <div className="mt-1.5 flex flex-wrap gap-2">
        <select
          // A choice that changes with the address must reach the field.
          key={choice.app}
          id="app"
          name="app"
          defaultValue={choice.app ?? ''}
          aria-describedby="app-hint"
          className="min-h-11 w-full min-w-0 rounded-md border border-field bg-surface px-3 text-sm sm:w-72 md:min-h-9"
        >
          <option value="">{t('guides.chooser.none')}</option>
          {apps.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        {choice.language ? <input type="hidden" name="lang" value={choice.language} /> : null}
        <Button type="submit">{t('guides.chooser.submit')}</Button>
      </div>
      <p id="app-hint" className="mt-1.5 text-sm text-muted">
        {t('guides.chooser.hint')}
      </p>
    </form>
  );
}

const LINK = 'text-accent-text underline underline-offset-4';
