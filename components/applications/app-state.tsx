import { Badge } from '@/components/ui/badge';
import { VerifiedIcon } from '@/components/ui/icons';

export type AppState = 'DEVELOPMENT' | 'VERIFIED';

/** Where an app stands between its first line and its review. */
export function AppStateBadge({ state }: { state: AppState }) {
  if (state === 'DEVELOPMENT') return <Badge>In development</Badge>;
  return (
    <Badge tone="ok">
      <VerifiedIcon className="size-3.5" />
      Verified
    </Badge>
  );
}
