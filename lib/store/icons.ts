import type { Picture } from '@/lib/runtime/images';
import { runtime } from '@/lib/runtime/runtime';

/** Keeps an icon under its digest; the same picture is kept once. Whoever refers to it does so within the day. */
export async function keepIcon({ digest, png }: Pick<Picture, 'digest' | 'png'>): Promise<void> {
  await runtime().pool.query({
    name: 'keep-icon',
    // Kept anew: housekeeping removes what nobody refers to a day later.
    text: `INSERT INTO app_icons (digest, png) VALUES ($1, $2)
           ON CONFLICT (digest) DO UPDATE SET unused_since = excluded.unused_since`,
    values: [digest, png],
  });
}

/** @returns the PNG of that digest, or null */
export async function findIcon(digest: string): Promise<Buffer | null> {
  const { rows } = await runtime().pool.query<{ png: Buffer }>({
    name: 'find-icon',
    text: 'SELECT png FROM app_icons WHERE digest = $1',
    values: [digest],
  });
  return rows[0]?.png ?? null;
}
