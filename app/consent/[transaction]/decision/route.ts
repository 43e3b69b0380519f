import { decideConsent } from '@/lib/flows/consent';
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
      { allow: form.get('decision') === 'allow', rendered: String(form.get('rendered') ?? '') },
      { ...who, user: who.user },
    );
    switch (outcome.kind) {
      case 'redirect':
        return seeOther(outcome.location);
      case 'again':
        return seeOther(`/consent/${encodeURIComponent(transaction)}?again=1`);
      case 'gone':
        return seeOther(`/consent/${encodeURIComponent(transaction)}`);
      case 'app_changed':
        return errorPage({ key: 'errors.connect.title' }, [{ key: 'errors.connect.changed' }]);
    }
  },
);
