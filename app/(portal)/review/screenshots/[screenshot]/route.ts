import { notFound } from 'next/navigation';
import { canManageApps } from '@/lib/apps/roles';
import { findScreenshot } from '@/lib/store/verification';
import { requireUser } from '@/lib/web/guards';
import { uuidOf } from '../../../ids';

// It is nobody else's to see or keep. The front says that it is shown without scripts and without our origin.
const HEADERS = {
  'Content-Type': 'image/png',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'private, no-store',
};

/** A picture of a verification request, for reviewers and for those who manage the app. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ screenshot: string }> },
): Promise<Response> {
  const user = await requireUser();
  const id = uuidOf((await params).screenshot);
  const manages = canManageApps(user.role) && (await findScreenshot(id, user.tenant.id));
  const png = manages || (user.platformAdmin && (await findScreenshot(id, null)));
  return png ? new Response(new Uint8Array(png), { headers: HEADERS }) : notFound();
}
