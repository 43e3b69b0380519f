import type { Role } from '@/lib/apps/roles';

/** What became of an invitation. `link` is shown this once; null: it went out by mail. */
export type InviteState =
  | { status: 'idle' }
  | { status: 'refused'; message: string; email: string; role: Role }
  | { status: 'made'; email: string | null; link: string | null };
