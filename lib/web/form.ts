import 'server-only';
import { errorPage } from './authorization-response';

/** The form of a post, or the page that says that there is none. */
export async function readForm(request: Request): Promise<FormData | Response> {
  try {
    return await request.formData();
  } catch {
    return errorPage({ key: 'errors.unreadable.title' }, [{ key: 'errors.unreadable.text' }]);
  }
}
