import { Button } from '@/components/ui/button';
import { RowInput } from '@/components/ui/field';
import { ChevronIcon } from '@/components/ui/icons';
import type { I18n } from '@/lib/i18n/i18n';

export type OrganisationChoice = {
  shown: { name: string; displayName: string };
  own: { name: string; displayName: string };
  /** Offered while typing; any other name works too. */
  offered: readonly { name: string; displayName: string }[];
};

/** The organisation that a platform admin looks at, and the way to another one: plain posts inside the browser's own popover. */
export function OrganisationSwitch({ i18n: { t }, choice }: { i18n: I18n; choice: OrganisationChoice }) {
  const { shown, own, offered } = choice;
  return (
    <>
      <Button
        variant="quiet"
        popoverTarget="organisation-switch"
        className="min-w-0 px-2"
        aria-label={t('shell.organisation.open', { name: shown.displayName })}
      >
        <bdi className="max-w-28 truncate sm:max-w-56">{shown.displayName}</bdi>
        <ChevronIcon />
      </Button>
      <div
        id="organisation-switch"
        popover="auto"
        className="menu-popover menu-popover-start w-72 rounded-md border border-line bg-surface p-3 text-sm text-ink shadow-float"
      >
        <form action="/organisation-in-view" method="post" className="space-y-2">
          <label htmlFor="organisation-name" className="block font-medium">
            {t('shell.organisation.label')}
          </label>
          <p id="organisation-hint" className="text-muted">
            {t('shell.organisation.hint')}
          </p>
          <RowInput
            id="organisation-name"
            name="organisation"
            list="organisations"
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-describedby="organisation-hint"
          />
          <datalist id="organisations">
            {offered.map(({ name, displayName }) => (
              <option key={name} value={name}>
                {displayName}
              </option>
            ))}
          </datalist>
          <Button type="submit" className="w-full">
            {t('shell.organisation.show')}
          </Button>
        </form>
        {shown.name === own.name ? null : (
          <form action="/organisation-in-view" method="post" className="mt-2 border-t border-line pt-2">
            <Button type="submit" variant="quiet" className="w-full">
              {t('shell.organisation.back', { name: own.displayName })}
            </Button>
          </form>
        )}
      </div>
    </>
  );
}
