import { requireReviewer } from '@/lib/web/reviewer';
import { auditCsv } from '../csv';

/** The audit events of all organisations as CSV. */
export async function GET(request: Request): Promise<Response> {
  await requireReviewer('/review/audit');
  return auditCsv(null, request);
}
