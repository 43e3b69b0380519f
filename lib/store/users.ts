import { runtime } from '@/lib/runtime/runtime';
import { prisma } from './prisma';

/** What the sign-in needs to judge a password. */
export type SignInCandidate = {
  id: string;
  passwordHash: string;
  active: boolean;
  tenantName: string;
  /** Made by the demo seed: the password is public. */
  demo: boolean;
};

/** Finds the user of a username or of a verified e-mail address. An unverified address finds nobody. */
export async function findSignInCandidate(usernameOrEmail: string): Promise<SignInCandidate | null> {
  const name = usernameOrEmail.trim().toLowerCase();
  const user = await prisma().user.findFirst({
    where: name.includes('@') ? { verifiedEmail: name } : { username: name },
    select: {
      id: true,
      passwordHash: true,
      status: true,
      tenant: { select: { name: true, status: true, demo: true } },
    },
  });
  if (!user) return null;
  return {
    id: user.id,
    passwordHash: user.passwordHash,
    active: user.status === 'ACTIVE' && user.tenant.status === 'ACTIVE',
    tenantName: user.tenant.name,
    demo: user.tenant.demo,
  };
}

/** What the API tells an app about the user it acts for. */
export type Profile = {
  id: string;
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  emailVerified: boolean;
  role: string;
  tenant: string;
  timezone: string;
  language: string;
};

/** The profile of an active user, or null. */
export async function findProfile(userId: string): Promise<Profile | null> {
  const { rows } = await runtime().pool.query<Profile>({
    name: 'find-profile',
    text: `SELECT u.id, u.username, u.first_name AS "firstName", u.last_name AS "lastName", u.email,
                  u.verified_email IS NOT NULL AS "emailVerified", u.role::text AS role, t.name AS tenant, u.timezone,
                  coalesce(u.language, 'en') AS language
             FROM users u JOIN tenants t ON t.id = u.tenant_id
            WHERE u.id = $1 AND u.status = 'ACTIVE' AND t.status = 'ACTIVE'`,
    values: [userId],
  });
  return rows[0] ?? null;
}

/** Stores the language that a user chose; null: as the browser asks. */
export async function setLanguage(userId: string, language: string | null): Promise<void> {
  await prisma().user.updateMany({ where: { id: userId }, data: { language } });
}

/** Whether a user wants a mail about each new app connection. */
export async function wantsMailAboutApps(userId: string): Promise<boolean> {
  const user = await prisma().user.findUnique({ where: { id: userId }, select: { mailAboutApps: true } });
  return user?.mailAboutApps ?? false;
}

/** Stores whether a user wants these mails. */
export async function setMailAboutApps(userId: string, wanted: boolean): Promise<void> {
  await prisma().user.updateMany({ where: { id: userId }, data: { mailAboutApps: wanted } });
}

/** Colleagues who manage the organisation's applications, by username: for a choice among the first of them. */
export async function listDevelopers(tenantId: number): Promise<{ id: string; username: string; name: string }[]> {
  const found = await prisma().user.findMany({
    where: { tenantId, status: 'ACTIVE', role: { in: ['DEVELOPER', 'ADMIN'] } },
    select: { id: true, username: true, firstName: true, lastName: true },
    orderBy: { username: 'asc' },
    take: 200,
  });
  return found.map(({ id, username, firstName, lastName }) => ({
    id,
    username,
    name: `${firstName} ${lastName}`.trim() || username,
  }));
}
