'use client';

import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { useErrorTexts } from './error-texts';

/** The reference under which the server's log has the error; its text never reaches a browser. */
function digestOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('digest' in error)) return null;
  return typeof error.digest === 'string' ? error.digest : null;
}

/** Says that something failed here, and offers another try. */
export function ErrorMessage({ error, retry }: { error: unknown; retry: () => void }) {
  const reference = digestOf(error);
  const texts = useErrorTexts();
  return (
    <Card className="p-6 text-center">
      <h1 className="text-xl font-semibold tracking-tight">{texts.title}</h1>
      <p className="mt-2 text-sm text-muted">{texts.text}</p>
      {reference ? (
        <p className="mt-2 text-xs text-muted">
          {texts.reference} <span className="font-mono">{reference}</span>
        </p>
      ) : null}
      <p className="mt-6">
        <Button variant="primary" onClick={() => retry()}>
          {texts.retry}
        </Button>
      </p>
    </Card>
  );
}
