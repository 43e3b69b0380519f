import { Alert } from '@/components/ui/alert';

type Message = { status: string; message?: string };

/** The answer to a form as a whole: what was saved, or why nothing was. */
export function FormMessage({ state }: { state: Message }) {
  if (!state.message) return null;
  const saved = state.status === 'saved';
  return (
    <Alert tone={saved ? 'ok' : 'danger'} role={saved ? 'status' : 'alert'} className="mb-4">
      {state.message}
    </Alert>
  );
}
