import { cookies } from 'next/headers';
import { findOrganisationByName } from '@/lib/store/organisations';
import { errorPage, seeOther } from '@/lib/web/authorization-response';
import { cookieAttributes, cookieName, ORGANISATION_COOKIE } from '@/lib/web/cookies';
import { orFailurePage } from '@/lib/web/failure';
import { readForm } from '@/lib/web/form';
import { currentUser } from '@/lib/web/guards';

/** A platform admin chooses the organisation to look at, by its account name; an empty one is their own. */
export const POST = orFailurePage(async (request: Request): Promise<Response> => {
  const form = await readForm(request);
  if (form instanceof Response) return form;
  const user = await currentUser();
  if (!user) return seeOther('/signin');
  if (!user.platformAdmin) return errorPage({ key: 'errors.not_found.title' }, [{ key: 'errors.no_page' }], NOT_THERE);
  const given = form.get('organisation');
  const name = typeof given === 'string' ? given.trim().slice(0, MAX_NAME_LENGTH) : '';
  const organisation = name === '' || name.includes('\0') ? null : await findOrganisationByName(name);
  if (name !== '' && !organisation) {
    return errorPage({ key: 'errors.no_organisation.title' }, [{ key: 'errors.no_organisation.text' }], NOT_THERE);
  }
  (await cookies()).set(
    cookieName(ORGANISATION_COOKIE),
    organisation ? String(organisation.id) : '',
    organisation ? cookieAttributes() : { ...cookieAttributes(), maxAge: 0 },
  );
  return seeOther('/applications');
});

const NOT_THERE = { status: 404 };
const MAX_NAME_LENGTH = 100;
