import { stillWaits } from '@/lib/flows/approval';
import { findWaiting } from '@/lib/flows/consent';
import { currentUser } from '@/lib/web/guards';
import { browserId } from '@/lib/web/visitor';

/**
 * Whether the page of this authorization still waits for an admin: asked by its script every few seconds. Says `changed` of
 * whatever is not this browser's and this user's, and nothing else: then the page itself says what is.
 */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ transaction: string }> },
): Promise<Response> {
  const { transaction } = await params;
  const user = await currentUser();
  const found = user && (await findWaiting(transaction, { user, browserId: await browserId() }));
  const waits = user && found && !('gone' in found) ? await stillWaits(found, user) : false;
  return Response.json({ state: waits ? 'waiting' : 'changed' }, { headers: { 'Cache-Control': 'no-store' } });
}
