import { cookies } from 'next/headers';
import { askForApproval } from '@/lib/flows/approval';
import { findWaiting } from '@/lib/flows/consent';
import { runtime } from '@/lib/runtime/runtime';
import { seeOther } from '@/lib/web/authorization-response';
import { orFailurePage } from '@/lib/web/failure';
import { clearReasonFlash, writeReasonFlash } from '@/lib/web/flash';
import { readForm } from '@/lib/web/form';
import { visitor } from '@/lib/web/visitor';

/** A member asks for an app that the organisation keeps out. The front has made sure that it comes from our own page. */
export const POST = orFailurePage(
  async (request: Request, { params }: { params: Promise<{ transaction: string }> }): Promise<Response> => {
    const { transaction } = await params;
    const form = await readForm(request);
    if (form instanceof Response) return form;
    const who = await visitor();
    const path = `/consent/${encodeURIComponent(transaction)}`;
    if (!who.user) return seeOther(`/signin?transaction=${encodeURIComponent(transaction)}`);
    const found = await findWaiting(transaction, { ...who, user: who.user });
    if ('gone' in found) return seeOther(path);
    const reason = String(form.get('reason') ?? '');
    const asked = await askForApproval(found, reason, who.user);
    if (asked.kind !== 'refused') {
      clearReasonFlash(await cookies());
      return seeOther(path);
    }
    writeReasonFlash(await cookies(), { problem: asked.problem, reason }, runtime().clock.now());
    return seeOther(path);
  },
);
