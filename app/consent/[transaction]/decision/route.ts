import { decideConsent } from '@/lib/flows/consent';
import type { Untaken } from '@/lib/flows/consent-screen';
import { errorPage, seeOther } from '@/lib/web/authorization-response';
import { orFailurePage } from '@/lib/web/failure';
import { readForm } from '@/lib/web/form';
import { visitor } from '@/lib/web/visitor';

/** The user's decision. The front has made sure that it comes from our own page. */
export const POST = orFailurePage(
  async (request: Request, { params }: { params: Promise<{ transaction: string }> }): Promise<Response> => {
    const { transaction } = await params;
    const form = await readForm(request);
    if (form instanceof Response) return form;
    const who = await visitor();
    if (!who.user) return seeOther(`/signin?transaction=${encodeURIComponent(transaction)}`);
    const outcome = await decideConsent(
      transaction,
      {
        allow: form.get('decision') === 'allow',
        rendered: String(form.get('rendered') ?? ''),
        shown: form.get('shown') === null ? null : String(form.get('shown')),
        ticked: form.getAll('scope').map(String),
      },
      { ...who, user: who.user },
    );
    switch (outcome.kind) {
      case 'redirect':
        return seeOther(outcome.location);
      case 'again':
        return seeOther(againPath(transaction, outcome));
      case 'gone':
        return seeOther(`/consent/${encodeURIComponent(transaction)}`);
      case 'app_changed':
        return errorPage({ key: 'errors.connect.title' }, [{ key: 'errors.connect.changed' }], {
          forDeveloper: true,
        });
    }
  },
);

/** The page once more, as it was filled in. */
function againPath(transaction: string, { why, unticked }: Untaken): string {
  const query = new URLSearchParams({ again: why });
  for (const scope of unticked) query.append('unticked', scope);
  return `/consent/${encodeURIComponent(transaction)}?${query}`;
}
