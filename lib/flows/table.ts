import type { Dialect } from '@/lib/oauth/errors';
import { currentUser } from './current-user';
import type { MachineAnswer, MachineRequest } from './http';
import { introspect } from './introspect';
import { jwks, metadata } from './metadata';
import { openApi } from './openapi';
import { revoke, revokeAuthenticated } from './revoke';
import { token } from './token';
import { tokenInfo } from './token-info';

/** `app` serves people and apps, `api` machines only, `tenant` people of one organisation, `plain` is the installation's bare host. */
export type HostKind = 'plain' | 'app' | 'api' | 'tenant';

/** A path that machines call, answered by the front. */
export type MachineRoute = {
  method: 'GET' | 'POST';
  hosts: readonly HostKind[];
  /** Decides the shape of errors; the path alone decides the dialect. */
  dialect: Dialect;
  answer: (request: MachineRequest) => Promise<MachineAnswer>;
};

const MACHINES = ['plain', 'app', 'api'] as const;

const post = (dialect: Dialect, answer: MachineRoute['answer']): MachineRoute => ({
  method: 'POST',
  hosts: MACHINES,
  dialect,
  answer,
});
const get = (answer: MachineRoute['answer']): MachineRoute => ({
  method: 'GET',
  hosts: MACHINES,
  dialect: 'rfc',
  answer,
});

/** Host × path → flow. What is not here is a page, and pages are Next's. */
export const MACHINE_ROUTES: ReadonlyMap<string, MachineRoute> = new Map([
  ['/api/developers/oauth2/token', post('native', (request) => token(request, 'native'))],
  ['/api/developers/oauth2/token_info', post('native', tokenInfo)],
  ['/api/developers/oauth2/revoke', post('native', revoke)],
  ['/oauth2/token', post('rfc', (request) => token(request, 'rfc'))],
  ['/oauth2/introspect', post('rfc', introspect)],
  ['/oauth2/revoke', post('rfc', revokeAuthenticated)],
  ['/.well-known/jwks.json', get(jwks)],
  ['/.well-known/oauth-authorization-server', get(metadata)],
  ['/openapi.json', get(openApi)],
  ['/api/users/current', { ...get(currentUser), dialect: 'native' }],
]);

/** The name by which settings and limits know an endpoint: `token`, `token_info`, `introspect`, `revoke`, … */
export const endpointOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The authorization endpoints: browsers come here, so they live where people do, and only GET is theirs (RFC 6749 §3.1). */
export const AUTHORIZE_PATHS: ReadonlySet<string> = new Set(['/api/developers/oauth2/authorize', '/oauth2/authorize']);

/** Where pages are served. */
export const PAGE_HOSTS: ReadonlySet<HostKind> = new Set<HostKind>(['plain', 'app', 'tenant']);
