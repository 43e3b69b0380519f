import { Button } from '@/components/ui/button';
import { RowInput } from '@/components/ui/field';
import { MenuItem, SearchMenu } from '@/components/ui/menu';
import type { I18n } from '@/lib/i18n/i18n';

export type OrganisationChoice = {
  shown: { name: string; displayName: string };
  own: { name: string; displayName: string };
  /** Offered ready-made; any other name works too. */
  offered: readonly { name: string; displayName: string }[];
};

const [FIELD, SHOW, BACK] = ['organisation-name', 'organisation-show', 'organisation-back'];

/** The organisation that a platform admin looks at, and the way to another one. */
export function OrganisationSwitch({ i18n: { t }, choice }: { i18n: I18n; choice: OrganisationChoice }) {
  const { shown, own, offered } = choice;
  const back = shown.name === own.name ? null : t('shell.organisation.back', { name: own.displayName });
  return (
    <SearchMenu
      id="organisation-switch"
      label={t('shell.organisation.open', { name: shown.displayName })}
      trigger={<bdi className="max-w-28 truncate sm:max-w-56">{shown.displayName}</bdi>}
      align="start"
      className="px-2"
      searchLabel={t('shell.organisation.search')}
      options={offered.map(({ name, displayName }) => ({ value: name, label: displayName, detail: name }))}
      otherLabel={t('shell.organisation.other')}
      field={FIELD}
      button={SHOW}
      fallback={
        <div className="p-1.5 text-sm">
          <form action="/organisation-in-view" method="post" className="space-y-2">
            <label htmlFor={FIELD} className="block font-medium">
              {t('shell.organisation.label')}
            </label>
            <p id="organisation-hint" className="text-muted">
              {t('shell.organisation.hint')}
            </p>
            <RowInput
              id={FIELD}
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
            <Button id={SHOW} type="submit" className="w-full">
              {t('shell.organisation.show')}
            </Button>
          </form>
          {back ? (
            <form action="/organisation-in-view" method="post" className="mt-2 border-t border-line pt-2">
              <Button id={BACK} type="submit" variant="quiet" className="w-full">
                {back}
              </Button>
            </form>
          ) : null}
        </div>
      }
    >
      {back ? <MenuItem presses={BACK}>{back}</MenuItem> : null}
    </SearchMenu>
  );
}
