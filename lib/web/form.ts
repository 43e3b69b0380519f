import 'server-only';
import { errorPage } from './authorization-response';

/** The form of a post, or the page that says that there is none. */
export async function readForm(request: Request): Promise<FormData | Response> {
  try {
    return await request.formData();
  } catch {
    return errorPage('This could not be read', ['What was sent is not a form of ours, so nothing was done.']);
  }
}
