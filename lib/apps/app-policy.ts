/** Which apps of other organisations the people of an organisation may connect. Its own are always allowed. */

export const APP_POLICIES = ['ALL', 'VERIFIED_ONLY', 'ALLOW_LIST'] as const;
export type AppPolicy = (typeof APP_POLICIES)[number];

/** What an organisation has decided about one app, whatever its policy says of the others. */
export type AppVerdict = 'ALLOWED' | 'BLOCKED';

/** The value of the policy's field, or null when it is none. */
export function appPolicyOf(value: unknown): AppPolicy | null {
  return APP_POLICIES.find((policy) => policy === value) ?? null;
}

export type AppStanding = {
  /** Of the user's organisation. */
  policy: AppPolicy;
  /** Of the same about this app; null: none. */
  verdict: AppVerdict | null;
  /** The app has the badge. */
  verified: boolean;
  /** It belongs to the user's organisation. */
  ownApp: boolean;
};

/** Why an app is not let in. */
export type Blocked = 'blocked' | 'not_verified' | 'not_listed';

/** Judges an app by the policy of the user's organisation. `grant_problem` in the database says the same, under a lock. */
export function judgeApp({ policy, verdict, verified, ownApp }: AppStanding): 'allowed' | Blocked {
  if (ownApp || verdict === 'ALLOWED') return 'allowed';
  if (verdict === 'BLOCKED') return 'blocked';
  if (policy === 'VERIFIED_ONLY') return verified ? 'allowed' : 'not_verified';
  return policy === 'ALLOW_LIST' ? 'not_listed' : 'allowed';
}

/** A change of what an organisation lets in. */
export type PolicyChange =
  | { kind: 'policy'; policy: AppPolicy }
  /** `verdict` null: nothing is decided about the app any more, the policy counts. */
  | { kind: 'rule'; appId: number; verdict: AppVerdict | null; note: string };

/** How an app would be judged after a change. */
export function judgeAfter(app: AppStanding & { id: number }, change: PolicyChange): 'allowed' | Blocked {
  if (change.kind === 'policy') return judgeApp({ ...app, policy: change.policy });
  return judgeApp(change.appId === app.id ? { ...app, verdict: change.verdict } : app);
}

/** Characters of the reason that a member writes, and of the note that an admin answers with. */
export const MAX_REASON_LENGTH = 500;
export const MAX_NOTE_LENGTH = 1_000;

/** Hours after which a member may ask again for an app that was denied. */
export const ASK_AGAIN_HOURS = 24;
/** Requests that a member writes within 24 hours. */
export const MAX_REQUESTS_A_DAY = 10;
/** Minutes for which an authorization waits for the decision. */
export const WAIT_MINUTES = 60;

export type ReasonProblem = 'missing' | 'too_long';

/** Judges the reason that a member wrote, without the space around it. */
export function reasonProblem(reason: string): ReasonProblem | null {
  if (reason === '') return 'missing';
  return reason.length > MAX_REASON_LENGTH ? 'too_long' : null;
}

/** The last request of a member for an app. */
export type LastRequest = { status: 'PENDING' | 'APPROVED' | 'DENIED'; decidedAt: Date | null };

/**
 * Whether a member may ask for an app that is not let in: what is blocked for good is not asked for, what waits waits, and
 * what was denied is asked for again a day later.
 */
export function mayAsk(why: Blocked, last: LastRequest | null, now: Date): boolean {
  if (why === 'blocked' || last?.status === 'PENDING') return false;
  if (last?.status !== 'DENIED' || last.decidedAt === null) return true;
  return now.getTime() - last.decidedAt.getTime() >= ASK_AGAIN_HOURS * 3_600_000;
}
