import { authorizationEndpoint } from '@/lib/web/authorize';

/** The documented way in. */
export const GET = authorizationEndpoint('native');
