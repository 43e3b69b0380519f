import { prisma } from './prisma';

/** What a user is told about an app that asks for access. */
export type PublicApp = {
  name: string;
  description: string;
  /** The organisation that publishes it. */
  publisher: string;
  verified: boolean;
  createdAt: Date;
  /** Users with a standing grant. */
  users: number;
};

/** The public face of an app, or null when it is gone. */
export async function findPublicApp(appId: number): Promise<PublicApp | null> {
  const app = await prisma().app.findFirst({
    where: { id: appId },
    select: {
      name: true,
      description: true,
      state: true,
      createdAt: true,
      tenant: { select: { displayName: true } },
      _count: { select: { grants: { where: { revokedAt: null } } } },
    },
  });
  if (!app) return null;
  const { name, description, createdAt, state, tenant, _count } = app;
  return {
    name,
    description,
    createdAt,
    publisher: tenant.displayName,
    verified: state === 'VERIFIED',
    users: _count.grants,
  };
}
