import type { ReactNode } from 'react';
import { Card } from './card';
import { classes } from './classes';

/** A table on wide screens that turns into one block per row on phones. */
export function DataTable({
  caption,
  columns,
  children,
}: {
  caption: string;
  columns: ReactNode[];
  children: ReactNode;
}) {
  return (
    <Card className="overflow-clip">
      <table className="block w-full border-collapse text-left text-sm md:table">
        <caption className="sr-only">{caption}</caption>
        <thead className="sr-only md:not-sr-only md:table-header-group">
          <tr className="bg-subtle">
            {columns.map((column, index) => (
              // Columns never move: their place is their identity.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <th key={index} scope="col" className="px-4 py-2.5 text-xs font-medium whitespace-nowrap text-muted">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </Card>
  );
}

/** A group of rows that belong together. @param id its anchor */
export function RowGroup({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <tbody id={id} className="block border-t border-line first-of-type:md:border-t md:table-row-group">
      {children}
    </tbody>
  );
}

/** A row. `joined` rows continue the row above, without a line between them. */
export function Row({ joined = false, children }: { joined?: boolean; children: ReactNode }) {
  return (
    <tr
      className={classes('block p-4 md:table-row md:p-0', joined ? 'pt-0 md:pt-0' : 'border-line not-first:border-t')}
    >
      {children}
    </tr>
  );
}

type CellProps = {
  label?: string;
  head?: boolean;
  align?: 'start' | 'end';
  /** Columns that it takes up. */
  colSpan?: number;
  className?: string;
  children: ReactNode;
};

/** A cell. `label` repeats the column's title on phones, where no header row is seen. */
export function Cell({ label, head = false, align = 'start', colSpan, className, children }: CellProps) {
  const look = classes(
    'block py-1 align-top font-normal md:table-cell md:px-4',
    // Half the difference between a button and a line of text: the words then stand on one line.
    align === 'end' ? 'md:py-2 md:text-right' : 'md:py-3.5',
    className,
  );
  const content = (
    <>
      {label ? (
        <span aria-hidden="true" className="mr-3 inline-block w-28 align-top text-muted md:hidden">
          {label}
        </span>
      ) : null}
      {label ? <div className="inline-block max-w-[calc(100%-8rem)] md:block md:max-w-none">{children}</div> : children}
    </>
  );
  return head ? (
    <th scope="row" className={look}>
      {content}
    </th>
  ) : (
    <td colSpan={colSpan} className={look}>
      {content}
    </td>
  );
}
