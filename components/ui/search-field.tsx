import type { I18n } from '@/lib/i18n/i18n';
import { Button } from './button';
import { RowInput } from './field';
import { SearchIcon } from './icons';
import { Tooltip } from './tooltip';

type SearchFieldProps = {
  i18n: I18n;
  /** What is searched, as its accessible name and in the empty field. */
  label: string;
  /** What was searched for. */
  value: string;
  /** Address of the list; without one, the page that it stands on. */
  action?: string;
  name?: string;
  /** Further parameters of the list that stay as they are. */
  keep?: Readonly<Record<string, string>>;
};

/** A search by a plain GET form: the result has an address. */
export function SearchField({ i18n: { t }, label, value, action, name = 'q', keep = {} }: SearchFieldProps) {
  return (
    <search>
      <form action={action} className="flex max-w-card gap-2">
        {Object.entries(keep).map(([kept, held]) => (
          <input key={kept} type="hidden" name={kept} value={held} />
        ))}
        <RowInput
          key={value}
          type="search"
          name={name}
          aria-label={label}
          placeholder={label}
          defaultValue={value}
          autoComplete="off"
          maxLength={100}
        />
        <Tooltip text={t('common.search')}>
          <Button type="submit" aria-label={t('common.search')}>
            <SearchIcon />
          </Button>
        </Tooltip>
      </form>
    </search>
  );
}
