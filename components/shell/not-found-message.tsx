import { buttonClass } from '@/components/ui/button';

/** Says that an address leads nowhere, without saying whether it once did. */
export function NotFoundMessage() {
  return (
    <div className="py-6 text-center">
      <h1 className="text-xl font-semibold tracking-tight">Page not found</h1>
      <p className="mt-2 text-sm text-muted">There is nothing at this address, or your account may not see it.</p>
      <p className="mt-6">
        <a href="/" className={buttonClass('secondary')}>
          Go to the start page
        </a>
      </p>
    </div>
  );
}
