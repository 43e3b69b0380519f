import 'server-only';
import { cookies } from 'next/headers';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { canManageApps, canSetPolicy } from '@/lib/apps/roles';
import { findOrganisation, type Organisation } from '@/lib/store/organisations';
import { cookieName, ORGANISATION_COOKIE } from './cookies';
import { requireUser, type SessionUser } from './guards';

/** Whose applications are shown, and whether this user may change them. */
export type OrganisationInView = { organisation: Organisation; mayEdit: boolean };

const ID = /^[1-9][0-9]{0,8}$/;

/**
 * The organisation that a user looks at: their own, or for a platform admin the one they chose. The cookie is a wish: it
 * counts for platform admins only, and another organisation than one's own is for looking.
 */
export const organisationInView = cache(async (user: SessionUser): Promise<OrganisationInView> => {
  const own = { organisation: user.tenant, mayEdit: canManageApps(user.role) };
  if (!user.platformAdmin) return own;
  const chosen = (await cookies()).get(cookieName(ORGANISATION_COOKIE))?.value ?? '';
  const other = ID.test(chosen) && Number(chosen) !== user.tenant.id ? await findOrganisation(Number(chosen)) : null;
  return other ? { organisation: other, mayEdit: false } : own;
});

/** Whoever manages an organisation's applications, or is a platform admin who looks at them; for others there is nothing. */
export async function requireAppsViewer(
  returnTo: string,
): Promise<OrganisationInView & { user: SessionUser; looksAround: boolean }> {
  const user = await requireUser(returnTo);
  if (!canManageApps(user.role) && !user.platformAdmin) notFound();
  const view = await organisationInView(user);
  return { user, ...view, looksAround: view.organisation.id !== user.tenant.id };
}

/**
 * Whoever administers the organisation, or is a platform admin who looks at it; for others there is nothing. What is another's,
 * and what one has no say in, is for looking.
 */
export async function requireOrganisation(
  returnTo: string,
): Promise<{ user: SessionUser; organisation: Organisation; mayEdit: boolean }> {
  const user = await requireUser(returnTo);
  if (!maySeeOrganisation(user)) notFound();
  const { organisation } = await organisationInView(user);
  return { user, organisation, mayEdit: canSetPolicy(user.role) && organisation.id === user.tenant.id };
}

/** Whether there is an organisation section for this user. */
export const maySeeOrganisation = (user: SessionUser): boolean => canSetPolicy(user.role) || user.platformAdmin;
