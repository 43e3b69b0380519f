import { clientIdOf, grantOf } from './shape';
import type { Answer, Subject } from './subject';
import { REDIRECT_URI } from './tables';

/** Something that is done again and again; `prepare` is not measured. */
export type Operation = {
  name: string;
  prepare(subject: Subject): Promise<() => Promise<Answer>>;
  /** Whether the answer is the right one. */
  right(answer: Answer): boolean;
};

const holds = (status: number, text: string) => (answer: Answer) =>
  answer.status === status && answer.body.includes(text);
const NATIVE = '/api/developers/oauth2';

/** A working access token, each of another connection. */
async function accessToken(subject: Subject): Promise<{ token: string; app: number }> {
  const { connection, app } = subject.connection();
  const form = {
    grant_type: 'refresh_token',
    ...subject.credentials(app),
    refresh_token: subject.refreshToken(connection),
  };
  const answer = await subject.send('POST', `${NATIVE}/token`, { form });
  return { token: JSON.parse(answer.body).access_token, app };
}

const cookies = new WeakMap<Subject, Map<number, string>>();

/** Signs in once. */
async function signedIn(subject: Subject, user: number): Promise<string> {
  const known = cookies.get(subject) ?? new Map<number, string>();
  cookies.set(subject, known);
  const cookie = known.get(user) ?? (await subject.signIn(user));
  known.set(user, cookie);
  return cookie;
}

const page = (name: string, path: string, user: (subject: Subject) => number, text: string): Operation => ({
  name,
  prepare: async (subject) => {
    const headers = { Cookie: await signedIn(subject, user(subject)) };
    return () => subject.send('GET', path, { headers });
  },
  right: holds(200, text),
});

let silent = 0;

export const OPERATIONS: Operation[] = [
  {
    name: 'code exchange',
    prepare: async (subject) => {
      const grant = subject.connection();
      const code = await subject.code(grant);
      const form = { grant_type: 'authorization_code', ...subject.credentials(grant.app), code };
      return () => subject.send('POST', `${NATIVE}/token`, { form });
    },
    right: holds(200, 'refresh_token'),
  },
  {
    name: 'refresh',
    prepare: async (subject) => {
      const { connection, app } = subject.connection();
      const form = {
        grant_type: 'refresh_token',
        ...subject.credentials(app),
        refresh_token: subject.refreshToken(connection),
      };
      return () => subject.send('POST', `${NATIVE}/token`, { form });
    },
    right: holds(200, 'access_token'),
  },
  {
    name: 'revoke',
    prepare: async (subject) => {
      const token = subject.refreshToken(subject.connection().connection);
      return () => subject.send('POST', `${NATIVE}/revoke`, { form: { token } });
    },
    right: ({ status }) => status === 200,
  },
  {
    name: 'token_info',
    prepare: async (subject) => {
      const { token } = await accessToken(subject);
      return () => subject.send('POST', `${NATIVE}/token_info`, { form: { token } });
    },
    right: holds(200, '"active":true'),
  },
  {
    name: 'introspect',
    prepare: async (subject) => {
      const { token, app } = await accessToken(subject);
      return () => subject.send('POST', '/oauth2/introspect', { form: { token, ...subject.credentials(app) } });
    },
    right: holds(200, '"active":true'),
  },
  {
    name: 'users/current',
    prepare: async (subject) => {
      const headers = { Authorization: `Bearer ${(await accessToken(subject)).token}` };
      return () => subject.send('GET', '/api/users/current', { headers });
    },
    right: holds(200, '"username"'),
  },
  {
    name: 'authorize, silent',
    prepare: async (subject) => {
      // The user with very many apps: five silent grants an hour for each of them.
      const cookie = await signedIn(subject, 0);
      const { app } = grantOf(subject.shape, subject.shape.bigAppUsers + (silent++ % subject.shape.bigUserApps));
      const asked = {
        client_id: clientIdOf(app),
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        scope: 'profile',
        state: 's',
      };
      return () =>
        subject.send('GET', `/oauth2/authorize?${new URLSearchParams(asked)}`, { headers: { Cookie: cookie } });
    },
    right: ({ headers }) => headers.location?.startsWith(`${REDIRECT_URI}?code=`) === true,
  },
  page('page: connections', '/connections', ({ shape }) => shape.users - 1, 'Application'),
  page('page: connections of a user with many apps', '/connections', () => 0, 'Application'),
  page('page: applications of a big tenant', '/applications', () => 0, 'Application'),
  page('page: applications of a big tenant, searched', '/applications?q=Application+7', () => 0, 'Application'),
  page('page: the app with the most users', '/applications/1', () => 0, 'Application 0'),
  {
    name: 'page: consent of the app with the most users',
    prepare: async (subject) => {
      const waiting = await subject.consentPage(await signedIn(subject, subject.shape.users - 1), 0);
      return () => subject.send('GET', waiting.path, { headers: { Cookie: waiting.cookies } });
    },
    right: holds(200, 'Application 0'),
  },
];
