import { createHash } from 'node:crypto';

/** How many rows a fill has, and how they hang together. As in life, some tenants, apps and users are very big. */
export type Shape = {
  tenants: number;
  apps: number;
  users: number;
  grants: number;
  /** Each with its refresh token. */
  connections: number;
  retired: number;
  events: number;
  audit: number;
  codes: number;
  sessions: number;
  /** Apps of the first tenant. */
  bigTenantApps: number;
  /** Users of the first app. */
  bigAppUsers: number;
  /** Apps that the first user has connected. */
  bigUserApps: number;
};

/** @param scale 1: ten thousand tenants, ten million refresh tokens */
export function shapeOf(scale: number): Shape {
  const of = (whole: number) => Math.max(10, Math.round(whole * scale));
  const apps = of(100_000);
  return {
    tenants: of(10_000),
    apps,
    users: of(1_000_000),
    grants: of(5_000_000),
    connections: of(10_000_000),
    retired: of(2_000_000),
    events: of(3_000_000),
    audit: of(2_000_000),
    codes: of(500_000),
    sessions: of(500_000),
    bigTenantApps: Math.round(apps / 5),
    bigAppUsers: of(200_000),
    bigUserApps: Math.min(200, Math.floor(apps / 4)),
  };
}

/** A random-looking id that is the same at every call. */
export function idOf(kind: string, n: number): string {
  const hex = md5(`${kind} ${n}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Real credentials, which whoever knows the number knows. */
export const clientIdOf = (app: number): string => md5(`client ${app}`).slice(0, 20);
export const secretOf = (app: number): string => sha256(`secret ${app}`).toString('hex');
export const refreshKeyOf = (connection: number): string => md5(`key ${connection}`);
export const codeOf = (n: number): string => sha256(`code ${n}`).toString('hex').slice(0, 28);

export const tenantOfApp = (shape: Shape, app: number): number => (app < shape.bigTenantApps ? 0 : app % shape.tenants);
export const tenantOfUser = (shape: Shape, user: number): number => user % shape.tenants;

/** Who granted what: the first app has very many users, the first user very many apps, others follow a steep curve. */
export function grantOf(shape: Shape, grant: number): { user: number; app: number } {
  if (grant < shape.bigAppUsers) return { user: grant % shape.users, app: 0 };
  if (grant < shape.bigAppUsers + shape.bigUserApps) return { user: 0, app: 1 + grant - shape.bigAppUsers };
  const n = grant - shape.bigAppUsers - shape.bigUserApps;
  const first = shape.bigUserApps + 1;
  const rounds = Math.ceil((shape.grants - shape.bigAppUsers - shape.bigUserApps) / shape.users);
  const band = Math.floor((shape.apps - first) / rounds);
  const place = (n % 10_007) / 10_007;
  return { user: n % shape.users, app: first + Math.floor(n / shape.users) * band + Math.floor(band * place ** 2.5) };
}

/** Connections are spread over the grants; one in ten has ended, one in four is of a client that shows no secret. */
export const grantOfConnection = (shape: Shape, connection: number): number => connection % shape.grants;
export const isEnded = (connection: number): boolean => connection % 10 === 9;
export const rotates = (connection: number): boolean => connection % 4 === 0;

const OLD_FAMILIES = 20;
/** Which rotating family a replaced key is of: a tenth are those of a few, at scale 1 an hourly refresh of a year each. */
export const rotatingOf = (shape: Shape, retired: number): number =>
  retired < shape.retired / 10 ? retired % OLD_FAMILIES : retired;

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
