import { hash, verify } from '@node-rs/argon2';
import { comparable, MAX_PASSWORD_LENGTH } from '@/lib/apps/passwords';
import { runtime } from '@/lib/runtime/runtime';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
export const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Seconds to wait when too many passwords are being hashed. */
export const BUSY_SECONDS = 5;

/** Whether the password is the one of the hash. Without a hash the same work is done, so that time doesn't tell which names exist. */
export async function passwordIsRight(passwordHash: string | null, password: string): Promise<boolean> {
  const tooLong = password.length > MAX_PASSWORD_LENGTH;
  const right = await runtime().hashes.run(async () =>
    verify(passwordHash ?? (await dummyHash()), tooLong ? '' : comparable(password)),
  );
  return right && passwordHash !== null && !tooLong;
}

/** @returns a PHC string */
export function hashPassword(password: string): Promise<string> {
  return runtime().hashes.run(() => hash(comparable(password), ARGON2ID));
}

let dummy: Promise<string> | null = null;
const dummyHash = () => (dummy ??= hash('no password', ARGON2ID));
