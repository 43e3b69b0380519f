import type { Route } from 'next';
import Link from 'next/link';
import { Alert } from '@/components/ui/alert';
import type { I18n } from '@/lib/i18n/i18n';

/** What a badge means for changes, on the pages where it means something. */
export function VerifiedNote({ i18n: { t }, app }: { i18n: I18n; app: { id: number; state: string } }) {
  if (app.state !== 'VERIFIED') return null;
  return (
    <Alert className="mb-4">
      {t.rich('applications.verified_note', {
        link: (words) => (
          <Link
            href={`/applications/${app.id}/verification` as Route}
            prefetch={false}
            className="text-accent-text underline underline-offset-4"
          >
            {words}
          </Link>
        ),
      })}
    </Alert>
  );
}
