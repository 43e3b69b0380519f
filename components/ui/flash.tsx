import type { ReactNode } from 'react';
import { Alert, type AlertTone } from './alert';

/** The answer to what led to this page, above it. */
export function Flash({ tone = 'ok', children }: { tone?: AlertTone; children: ReactNode }) {
  return (
    <Alert tone={tone} role={tone === 'danger' ? 'alert' : 'status'} className="mb-4">
      {children}
    </Alert>
  );
}
