import { matchesRegistered, PLAYGROUND_PATH } from './redirect-uri';

/**
 * The playground: an app's own developers run its flow with their own account. Answers go to one address of ours, which
 * no app registers and nobody but the developers of the very app may use.
 */

/** Seconds that a refresh token of the playground lives at most, whatever its app's others do. */
export const PLAYGROUND_LIFETIME_SECONDS = 86_400;

/** The redirect URI of the playground, one for all apps. */
export function playgroundCallback(issuer: string): string {
  return `${issuer}${PLAYGROUND_PATH}`;
}

/** Seconds that a refresh token lives. @param lifetime what the app's other refresh tokens get; null: they never expire */
export function refreshLifetime(playground: boolean, lifetime: number | null): number | null {
  return playground ? Math.min(lifetime ?? PLAYGROUND_LIFETIME_SECONDS, PLAYGROUND_LIFETIME_SECONDS) : lifetime;
}

/** Whether a sent redirect URI is good for the registered ones. */
export type RedirectRule = (sent: string, registered: readonly string[]) => boolean;

/**
 * The rule for somebody in front of a browser: what is registered for everybody, the playground's address for who may
 * manage the app, registered or not. A loopback URI without a port would match it on a developer's machine.
 */
export function redirectRule(callback: string, mayManage: boolean): RedirectRule {
  return (sent, registered) => (sent === callback ? mayManage : matchesRegistered(sent, registered));
}
