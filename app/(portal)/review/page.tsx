import { redirect } from 'next/navigation';
import { requireReviewer } from '@/lib/web/reviewer';

export default async function ReviewPage() {
  await requireReviewer('/review');
  redirect('/review/open');
}
