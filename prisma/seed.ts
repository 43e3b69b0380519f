/** Demo data: two organisations, their people and an app that is in use, so that no page is empty. Its passwords are public. */
import { randomBytes, randomUUID } from 'node:crypto';
import process from 'node:process';
import { hash } from '@node-rs/argon2';
import { nameKey } from '@/lib/apps/names';
import { newClientId, newSecret } from '@/lib/apps/secrets';
import { DAY_MS } from '@/lib/apps/time-zones';
import { ARGON2ID } from '@/lib/flows/password-hash';
import { keyDigest, newTokenKey } from '@/lib/oauth/refresh-token';
import { parseSettings } from '@/lib/runtime/settings';
import { closeRuntime, openRuntime } from '@/lib/store/open';
import { prisma } from '@/lib/store/prisma';

const PASSWORD = 'gatehouse-demo';
const FIREFOX = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0';

const TENANTS = [
  { name: 'platform', displayName: 'Platform' },
  { name: 'acme', displayName: 'Acme Corporation' },
  { name: 'globex', displayName: 'Globex' },
];

const USERS = [
  { tenant: 'acme', username: 'ada', firstName: 'Ada', lastName: 'Lovelace', role: 'ADMIN', timezone: 'Europe/London' },
  {
    tenant: 'acme',
    username: 'eve',
    firstName: 'Eve',
    lastName: 'Moneypenny',
    role: 'MEMBER',
    timezone: 'Europe/Berlin',
  },
  {
    tenant: 'globex',
    username: 'bob',
    firstName: 'Bob',
    lastName: 'Belcher',
    role: 'DEVELOPER',
    timezone: 'America/New_York',
  },
  { tenant: 'platform', username: 'root', firstName: 'Robin', lastName: 'Root', role: 'ADMIN', timezone: 'UTC' },
] as const;

const APP = {
  name: 'Status Board',
  description: 'Shows open alerts and who is on call on the screen in your office.',
  redirectUri: 'http://localhost:4597/callback',
  scopes: 'profile alert source:w',
};

async function seed(): Promise<void> {
  const passwordHash = await hash(PASSWORD, ARGON2ID);
  const now = Date.now();
  await prisma().$transaction(async (db) => {
    const tenants = new Map<string, number>();
    for (const tenant of TENANTS) {
      const { id } = await db.tenant.create({ data: { ...tenant, demo: true }, select: { id: true } });
      tenants.set(tenant.name, id);
    }
    const users = new Map<string, string>();
    for (const { tenant, ...user } of USERS) {
      const email = `${user.username}@${tenant}.example`;
      const { id } = await db.user.create({
        data: {
          ...user,
          email,
          // Eve's address is not verified: apps that identify people by e-mail meet the case.
          verifiedEmail: user.username === 'eve' ? null : email,
          passwordHash,
          platformAdmin: user.username === 'root',
          tenantId: tenants.get(tenant) as number,
        },
        select: { id: true },
      });
      users.set(user.username, id);
    }
    const secret = newSecret(randomBytes);
    const app = await db.app.create({
      data: {
        name: APP.name,
        nameKey: nameKey(APP.name),
        description: APP.description,
        clientId: newClientId(randomBytes),
        tenantId: tenants.get('acme') as number,
        createdById: users.get('ada') as string,
        createdAt: new Date(now - 40 * DAY_MS),
        redirectUris: { create: { uri: APP.redirectUri } },
        secrets: { create: { digest: new Uint8Array(secret.digest), lastFour: secret.lastFour } },
      },
      select: { id: true },
    });
    const connectedAt = new Date(now - 12 * DAY_MS);
    const grant = await db.grant.create({
      data: { userId: users.get('eve') as string, appId: app.id, scopes: APP.scopes, grantedAt: connectedAt },
      select: { id: true },
    });
    const connection = { id: randomUUID(), grantId: grant.id, appId: app.id };
    await db.connection.create({
      data: {
        ...connection,
        scopes: APP.scopes,
        userAgent: FIREFOX,
        ip: '192.0.2.10',
        connectedAt,
        issuedAt: connectedAt,
        lastActivityAt: new Date(now - 2 * DAY_MS),
      },
      select: { id: true },
    });
    await db.refreshToken.create({
      data: {
        connectionId: connection.id,
        grantId: grant.id,
        appId: app.id,
        digest: new Uint8Array(keyDigest(newTokenKey(randomBytes))),
        withSecret: true,
        issuedAt: connectedAt,
        expiresAt: new Date(connectedAt.getTime() + 365 * DAY_MS),
      },
      select: { id: true },
    });
  });
}

const runtime = await openRuntime(parseSettings(process.env));
try {
  await seed();
} finally {
  await closeRuntime(runtime);
}
