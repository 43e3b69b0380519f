import { notFound } from 'next/navigation';
import { z } from 'zod';

// PostgreSQL's integer: a larger number would be an error of the database, not an app that does not exist.
const appId = z
  .union([
    z.int().positive(),
    z
      .string()
      .regex(/^[1-9][0-9]{0,9}$/)
      .transform(Number),
  ])
  .pipe(z.int().max(2_147_483_647));
const uuid = z.uuid();

/** An app's number from a path or from an action's argument. Anything else does not exist. */
export function appIdOf(value: unknown): number {
  const parsed = appId.safeParse(value);
  return parsed.success ? parsed.data : notFound();
}

/** The number of another row, from a path, a form or an action's argument. Anything else does not exist. */
export const rowIdOf = appIdOf;

/** A row's UUID from a form. Anything else does not exist. */
export function uuidOf(value: unknown): string {
  const parsed = uuid.safeParse(value);
  return parsed.success ? parsed.data : notFound();
}
