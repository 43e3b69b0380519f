import type { ReactNode } from 'react';
import { Card } from './card';

/** What stands where a list would be, and the one thing to do next. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Card className="px-6 py-12 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mx-auto mt-2 max-w-form text-sm text-muted">{children}</div>
      {action ? <div className="mt-6 flex justify-center">{action}</div> : null}
    </Card>
  );
}
