import { unbindTransaction } from '@/lib/store/consent-transactions';
import { digestOf } from './ids';

/** "Not you?": another account may decide the authorization that waits in this browser. */
export async function leaveTransaction(transactionId: string, browserId: string): Promise<void> {
  await unbindTransaction(digestOf(transactionId), digestOf(browserId));
}
