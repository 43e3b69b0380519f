'use client';

import { ErrorMessage } from '@/components/shell/error-message';

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-card flex-col justify-center px-4 py-8">
      <ErrorMessage error={error} retry={retry} />
    </main>
  );
}
