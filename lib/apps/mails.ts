import type { MessageKey, Sentence } from '@/lib/i18n/catalogue';
import type { Role } from './roles';

/**
 * What is told by mail. A new kind is three things: its data in `MailData`, its entry in `LETTERS`, and its texts under
 * `mails` in both catalogues.
 *
 * Everything in the data is JSON: it waits in the queue. Times are ISO 8601 strings, paths are of ours and begin with `/`.
 * Names and reasons may be anything that somebody typed: rendering takes what could deceive out of them.
 */
export type MailData = {
  /** An app was connected. Addresses are as the organisation shows them; null: not at all. */
  new_connection: { appName: string; appId: number; userAgent: string; address: string | null; at: string };
  /** Somebody signed in where this account was not signed in before. */
  new_device: { userAgent: string; address: string | null; at: string };
  password_changed: { at: string; sessionsEnded: number; appsDisconnected: boolean };
  /** A reviewer decided; the reason is given with a rejection. */
  review_decided: { appName: string; appId: number; outcome: 'approved' | 'rejected'; reason: string | null };
  app_suspended: { appName: string; appId: number; reason: string };
  app_reinstated: { appName: string; appId: number; connectionsEnded: boolean };
  /** `expiresAt` null: never. */
  secret_created: { appName: string; appId: number; lastFour: string; by: string; expiresAt: string | null };
  secret_expiring: {
    appName: string;
    appId: number;
    lastFour: string;
    expiresAt: string;
    /** Days that are left, rounded up. */
    days: number;
    lastUsedAt: string | null;
  };
  /** `path` holds the single-use token: the one secret that a mail carries. */
  invitation: { organisation: string; inviter: string; role: Role; path: string; expiresAt: string };
  /** A member asks the organisation's admins to let an app in. `path` leads to the decision. */
  approval_asked: { appName: string; requester: string; reason: string | null; path: string };
  approval_decided: {
    appName: string;
    /** `let_in`: nobody decided, the app got the badge or belongs to the organisation now. */
    outcome: 'approved' | 'let_in' | 'rejected';
    /** What the admin wrote to it. */
    note: string | null;
    /** Whether the tab that waited has gone on by itself; else the person starts again from the app. */
    wentOn: boolean;
    /** Of the app; named, never linked to. */
    website: string | null;
  };
};

export type MailKind = keyof MailData;

/**
 * A user of ours, at the address and in the language that are on record when it is sent; or somebody who is none yet, to
 * whom the user `causedBy` had it sent.
 */
export type MailRecipient = { userId: string } | { address: string; language: string | null; causedBy: string };

/** What is told, to whomever. */
export type Notice = { [Kind in MailKind]: { kind: Kind; data: MailData[Kind] } }[MailKind];

/** A mail that is to be sent. */
export type Mail = {
  [Kind in MailKind]: { kind: Kind; to: MailRecipient; data: MailData[Kind] };
}[MailKind];

/** What stands beside a label: words, a device by its User-Agent, or a time. */
export type Fact = { label: MessageKey } & (
  | { text: string }
  | { said: MessageKey }
  | { userAgent: string }
  | { moment: string }
  | { day: string }
);

/** What a mail says, not yet in anybody's language. */
export type Letter = {
  subject: Sentence;
  /** Before the facts. */
  lead: Sentence[];
  facts: Fact[];
  /** What a person wrote, word for word; it may have several lines. */
  quote?: { by: MessageKey; text: string } | null;
  /** The one thing to do. */
  action: { label: MessageKey; path: string } | null;
  /** After the action. */
  after: Sentence[];
  /** Why this mail came, and where mails of its kind are turned off, if they can be. */
  why: { key: MessageKey; off?: { label: MessageKey; path: string } };
};

const account = { key: 'mails.why.account' } as const;
const developers = { key: 'mails.why.developers' } as const;

const whereAndWhen = (userAgent: string, address: string | null, at: string): Fact[] => [
  { label: 'mails.fact.device', userAgent },
  ...(address === null ? [] : [{ label: 'mails.fact.address', text: address } as const]),
  { label: 'mails.fact.time', moment: at },
];

const hostOf = (website: string | null): string | null =>
  website !== null && URL.canParse(website) ? new URL(website).host : null;

/** The letter of each kind. */
const LETTERS: { [Kind in MailKind]: (data: MailData[Kind]) => Letter } = {
  new_connection: ({ appName, appId, userAgent, address, at }) => ({
    subject: { key: 'mails.new_connection.subject', values: { app: appName } },
    lead: [{ key: 'mails.new_connection.lead', values: { app: appName } }],
    facts: whereAndWhen(userAgent, address, at),
    action: { label: 'mails.new_connection.action', path: `/connections/${appId}` },
    after: [{ key: 'mails.new_connection.not_you' }],
    why: {
      key: 'mails.why.connections',
      off: { label: 'mails.why.off', path: '/account#mails' },
    },
  }),
  new_device: ({ userAgent, address, at }) => ({
    subject: { key: 'mails.new_device.subject' },
    lead: [{ key: 'mails.new_device.lead' }],
    facts: whereAndWhen(userAgent, address, at),
    action: { label: 'mails.new_device.action', path: '/account/activity' },
    after: [{ key: 'mails.new_device.not_you' }],
    why: account,
  }),
  password_changed: ({ at, sessionsEnded, appsDisconnected }) => ({
    subject: { key: 'mails.password_changed.subject' },
    lead: [
      {
        key: 'mails.password_changed.lead',
        values: { sessions: sessionsEnded, apps: appsDisconnected ? 'ended' : 'kept' },
      },
    ],
    facts: [{ label: 'mails.fact.time', moment: at }],
    action: { label: 'mails.password_changed.action', path: '/account/activity' },
    after: [{ key: 'mails.password_changed.not_you' }],
    why: account,
  }),
  review_decided: ({ appName, appId, outcome, reason }) => ({
    subject: { key: 'mails.review_decided.subject', values: { app: appName, outcome } },
    lead: [{ key: 'mails.review_decided.lead', values: { app: appName, outcome } }],
    facts: [],
    quote: reason === null ? null : { by: 'mails.review_decided.reason', text: reason },
    action: { label: 'mails.review_decided.action', path: `/applications/${appId}/verification` },
    after: [],
    why: developers,
  }),
  app_suspended: ({ appName, appId, reason }) => ({
    subject: { key: 'mails.app_suspended.subject', values: { app: appName } },
    lead: [{ key: 'mails.app_suspended.lead', values: { app: appName } }],
    facts: [],
    quote: { by: 'mails.app_suspended.reason', text: reason },
    action: { label: 'mails.app_suspended.action', path: `/applications/${appId}/verification#thread` },
    after: [{ key: 'mails.app_suspended.next' }],
    why: developers,
  }),
  app_reinstated: ({ appName, appId, connectionsEnded }) => ({
    subject: { key: 'mails.app_reinstated.subject', values: { app: appName } },
    lead: [
      {
        key: 'mails.app_reinstated.lead',
        values: { app: appName, connections: connectionsEnded ? 'ended' : 'kept' },
      },
    ],
    facts: [],
    action: { label: 'mails.app_reinstated.action', path: `/applications/${appId}` },
    after: [],
    why: developers,
  }),
  secret_created: ({ appName, appId, lastFour, by, expiresAt }) => ({
    subject: { key: 'mails.secret_created.subject', values: { app: appName } },
    lead: [{ key: 'mails.secret_created.lead', values: { app: appName, person: by } }],
    facts: [
      { label: 'mails.fact.secret', text: `…${lastFour}` },
      expiresAt === null
        ? { label: 'mails.fact.expires', said: 'mails.fact.never' }
        : { label: 'mails.fact.expires', day: expiresAt },
    ],
    action: { label: 'mails.secret_created.action', path: `/applications/${appId}/credentials` },
    after: [{ key: 'mails.secret_created.not_you' }],
    why: developers,
  }),
  secret_expiring: ({ appName, appId, lastFour, expiresAt, days, lastUsedAt }) => ({
    subject: { key: 'mails.secret_expiring.subject', values: { app: appName, days } },
    lead: [{ key: 'mails.secret_expiring.lead', values: { app: appName } }],
    facts: [
      { label: 'mails.fact.secret', text: `…${lastFour}` },
      { label: 'mails.fact.expires', moment: expiresAt },
      lastUsedAt === null
        ? { label: 'mails.fact.last_used', said: 'mails.fact.never' }
        : { label: 'mails.fact.last_used', moment: lastUsedAt },
    ],
    action: { label: 'mails.secret_expiring.action', path: `/applications/${appId}/credentials` },
    after: [{ key: 'mails.secret_expiring.next' }],
    why: developers,
  }),
  invitation: ({ organisation, inviter, role, path, expiresAt }) => ({
    subject: { key: 'mails.invitation.subject', values: { organisation, inviter } },
    lead: [{ key: 'mails.invitation.lead', values: { organisation, inviter, role } }],
    facts: [{ label: 'mails.fact.valid_until', moment: expiresAt }],
    action: { label: 'mails.invitation.action', path },
    after: [{ key: 'mails.invitation.once' }],
    why: { key: 'mails.why.invitation' },
  }),
  approval_asked: ({ appName, requester, reason, path }) => ({
    subject: { key: 'mails.approval_asked.subject', values: { app: appName, person: requester } },
    lead: [{ key: 'mails.approval_asked.lead', values: { app: appName, person: requester } }],
    facts: [],
    quote: reason === null ? null : { by: 'mails.approval_asked.reason', text: reason },
    action: { label: 'mails.approval_asked.action', path },
    after: [{ key: 'mails.approval_asked.next', values: { person: requester } }],
    why: { key: 'mails.why.admins' },
  }),
  approval_decided: ({ appName, outcome, note, wentOn, website }) => ({
    subject: { key: 'mails.approval_decided.subject', values: { app: appName, outcome } },
    lead: [{ key: 'mails.approval_decided.lead', values: { app: appName, outcome } }],
    facts: [],
    quote: note === null ? null : { by: 'mails.approval_decided.note', text: note },
    action: outcome === 'rejected' ? null : { label: 'mails.approval_decided.action', path: '/connections' },
    after: outcome === 'rejected' ? [] : [afterApproval(wentOn, hostOf(website))],
    why: account,
  }),
};

function afterApproval(wentOn: boolean, site: string | null): Sentence {
  if (wentOn) return { key: 'mails.approval_decided.went_on' };
  return site === null
    ? { key: 'mails.approval_decided.again' }
    : { key: 'mails.approval_decided.again_at', values: { site } };
}

/** Every kind, for metrics and tests. */
export const MAIL_KINDS = Object.keys(LETTERS) as MailKind[];

/** Whether a word names a kind. */
export const isMailKind = (value: unknown): value is MailKind => MAIL_KINDS.some((kind) => kind === value);

/** What a mail says. */
export function letterOf<Kind extends MailKind>(kind: Kind, data: MailData[Kind]): Letter {
  return LETTERS[kind](data);
}
