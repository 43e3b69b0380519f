import type { AppDetail } from '@/lib/store/app-views';

/** The secrets that prove the app now. */
export function liveSecretsOf({ secrets }: Pick<AppDetail, 'secrets'>, now: Date): AppDetail['secrets'] {
  return secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}
