import { authorizationEndpoint } from '@/lib/web/authorize';

/** The standard way in (RFC 6749 §4.1.1). */
export const GET = authorizationEndpoint('rfc');
