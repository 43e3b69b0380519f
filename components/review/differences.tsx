import { RICH } from '@/components/i18n/rich';
import { AppIcon } from '@/components/ui/app-icon';
import { Badge } from '@/components/ui/badge';
import { type BoundScope, type Difference, isAddition } from '@/lib/apps/verification';
import type { I18n } from '@/lib/i18n/i18n';
import { scopeText } from './scope-text';

type DifferencesProps = {
  i18n: I18n;
  name: string;
  lines: readonly Difference[];
  /** Icons that are kept, by their digests; left out: all are. */
  icons?: ReadonlySet<string>;
};

/** What changes, in words: each line says whether it is more, less or other than before. */
export function Differences({ i18n, name, lines, icons }: DifferencesProps) {
  const { t } = i18n;
  if (lines.length === 0) return <p className="text-sm text-muted">{t('verification.diff.nothing')}</p>;
  return (
    <ul className="divide-y divide-line rounded-md border border-line text-sm">
      {lines.map((line) => (
        <li key={keyOf(line)} className="flex flex-wrap items-start gap-x-3 gap-y-1 p-3">
          <span className="w-24 shrink-0">
            <ChangeBadge i18n={i18n} line={line} />
          </span>
          <div className="min-w-0 flex-1 basis-52">
            <p className="text-muted">{t(`verification.diff.field.${line.field}`)}</p>
            <div className="break-words">
              <Line i18n={i18n} name={name} line={line} icons={icons} />
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

function keyOf(line: Difference): string {
  if (line.field === 'scope') return `scope ${(line.after ?? line.before)?.name}`;
  return `${line.field} ${line.before} ${line.after}`;
}

function ChangeBadge({ i18n: { t }, line }: { i18n: I18n; line: Difference }) {
  const more = isAddition(line);
  const gone = line.after === null || line.after === false;
  const kind = gone ? 'removed' : line.before === null ? 'added' : more ? 'changed' : 'narrowed';
  return <Badge tone={more ? 'warn' : 'neutral'}>{t(`verification.diff.${kind}`)}</Badge>;
}

type LineProps = Pick<DifferencesProps, 'i18n' | 'name'> & { line: Difference; icons: DifferencesProps['icons'] };

function Line({ i18n, name, line, icons }: LineProps) {
  const { t } = i18n;
  const icon = (digest: string | null, when: 'before' | 'after') => (
    <IconOf i18n={i18n} name={name} digest={digest} when={when} kept={!digest || !icons || icons.has(digest)} />
  );
  switch (line.field) {
    case 'icon':
      return (
        <span className="flex flex-wrap items-center gap-3">
          {icon(line.before, 'before')}
          <span aria-hidden="true">→</span>
          {icon(line.after, 'after')}
        </span>
      );
    case 'scope':
      return <ScopeChange i18n={i18n} before={line.before} after={line.after} />;
    case 'allScopes':
      return <p>{t(line.after ? 'verification.diff.all_scopes' : 'verification.diff.no_longer_all')}</p>;
    default:
      return (
        <p className="font-mono break-all">
          {line.before === null ? null : <del className="text-muted">{line.before}</del>}{' '}
          {line.after === null ? null : <ins className="no-underline">{line.after}</ins>}
        </p>
      );
  }
}

type IconProps = { i18n: I18n; name: string; digest: string | null; when: 'before' | 'after'; kept: boolean };

function IconOf({ i18n: { t }, name, digest, when, kept }: IconProps) {
  return (
    <span className="flex items-center gap-2">
      <span className="sr-only">{t(`verification.diff.${when}`)}</span>
      {kept ? (
        <AppIcon name={name} src={digest && `/icons/${digest}.png`} />
      ) : (
        <span className="text-muted">{t('verification.diff.icon_gone')}</span>
      )}
    </span>
  );
}

function ScopeChange({ i18n, before, after }: { i18n: I18n; before: BoundScope | null; after: BoundScope | null }) {
  const { t } = i18n;
  if (!before || !after) {
    const scope = before ?? after;
    return scope ? <ScopeLine i18n={i18n} scope={scope} gone={after === null} /> : null;
  }
  return (
    <>
      <ScopeLine i18n={i18n} scope={before} gone />
      <p className="sr-only">{t('verification.diff.after')}</p>
      <ScopeLine i18n={i18n} scope={after} gone={false} />
    </>
  );
}

/** A scope in words, required or optional, and what the developer says that it is for. */
export function ScopeLine({ i18n, scope, gone }: { i18n: I18n; scope: BoundScope; gone: boolean }) {
  const { t } = i18n;
  const text = t.rich('verification.scope', {
    ...RICH,
    words: scopeText(i18n, scope),
    scope: scope.access === 'r' ? scope.name : `${scope.name}:${scope.access}`,
    kind: t(scope.optional ? 'verification.optional' : 'verification.required'),
  });
  return (
    <div className={gone ? 'text-muted line-through' : undefined}>
      <p>
        {text} {scope.access === 'd' && !gone ? <Badge tone="danger">{t('verification.deletes')}</Badge> : null}
      </p>
      {scope.purpose ? (
        <p className="text-muted">
          <bdi>{scope.purpose}</bdi>
        </p>
      ) : null}
    </div>
  );
}
