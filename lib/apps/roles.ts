/** Who may do what. Each predicate is asked by the page that shows the button and by the code behind it. */

/** Role of a user in the tenant; platform admin is a flag of its own. */
export type Role = 'MEMBER' | 'DEVELOPER' | 'ADMIN';

/** Developers and admins manage the apps of their tenant. Being a platform admin gives no say over a tenant's apps. */
export function canManageApps(role: Role): boolean {
  return role === 'DEVELOPER' || role === 'ADMIN';
}

/** Admins decide about their tenant's policy. */
export function canSetPolicy(role: Role): boolean {
  return role === 'ADMIN';
}
