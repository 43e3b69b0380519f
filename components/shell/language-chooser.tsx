import { classes } from '@/components/ui/classes';
import { LOCALES } from '@/lib/i18n/catalogue';
import type { I18n } from '@/lib/i18n/i18n';

type LanguageChooserProps = {
  i18n: I18n;
  /** A path of ours to come back to; without one, the page that the form stands on. */
  returnTo?: string;
  /** Offers to follow the browser again. */
  withBrowser?: boolean;
  /** The id of a language's button, where something else presses it. */
  buttonId?: (language: string) => string;
  className?: string;
};

const CHOICE =
  'min-h-11 min-w-6 rounded-sm px-2 text-muted hover:text-ink hover:underline aria-pressed:font-semibold aria-pressed:text-ink md:min-h-6';

/** Changes the language by a plain post, so it needs no script. Each language is named in itself. */
export function LanguageChooser({
  i18n: { t, locale },
  returnTo,
  withBrowser,
  buttonId,
  className,
}: LanguageChooserProps) {
  return (
    <form
      action="/language"
      method="post"
      aria-label={t('shell.language.label')}
      className={classes('flex flex-wrap justify-center gap-1 text-sm', className)}
    >
      {returnTo ? <input type="hidden" name="next" value={returnTo} /> : null}
      {LOCALES.map((language) => (
        <button
          key={language}
          id={buttonId?.(language)}
          type="submit"
          name="language"
          value={language}
          lang={language}
          aria-pressed={language === locale}
          className={CHOICE}
        >
          {t(`shell.language.${language}`)}
        </button>
      ))}
      {withBrowser ? (
        <button id={buttonId?.('browser')} type="submit" name="language" value="browser" className={CHOICE}>
          {t('shell.language.browser')}
        </button>
      ) : null}
    </form>
  );
}
