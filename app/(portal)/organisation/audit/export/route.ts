import { requireOrganisation } from '@/lib/web/organisation-in-view';
import { auditCsv } from '../../../review/audit/csv';

/** The audit events of one organisation as CSV. */
export async function GET(request: Request): Promise<Response> {
  const { organisation } = await requireOrganisation('/organisation/audit');
  return auditCsv({ tenantId: organisation.id }, request);
}
