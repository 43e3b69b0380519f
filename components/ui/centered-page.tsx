import type { ReactNode } from 'react';
import { Card } from './card';

/** One narrow card in the middle of the page, for the screens with a single question. */
export function CenteredPage({ brand, below, children }: { brand: ReactNode; below?: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-card flex-col justify-center gap-5 px-4 py-8">
      <div className="flex justify-center">{brand}</div>
      <Card className="p-5 md:p-7">{children}</Card>
      {below}
    </main>
  );
}
