import { CLIENT_ID_FORM, type Client } from '@/lib/oauth/client';
import { type Dialect, isOAuthError, type Reason } from '@/lib/oauth/errors';
import type { EventDetails } from '@/lib/oauth/event-details';
import { formFacts } from '@/lib/oauth/request-facts';
import { type EventKind, type EventLookUp, type OAuthEventLine, runtime } from '@/lib/runtime/runtime';
import type { MachineAnswer, MachineRequest } from './http';

/** What went wrong without being a refusal: an answer all the same, which helps nobody. */
export type QuietFailure = 'token_expired' | 'token_withdrawn' | 'token_unknown' | 'token_wrong_client';

type More = { connectionId?: string | null; details?: EventDetails; lookUp?: EventLookUp };
type Answered = { userId: string; connectionId: string };

/** The one event that a request of a machine leaves in the log of the app that it names. */
export class EventDraft {
  #written = false;

  constructor(
    private readonly request: MachineRequest,
    private readonly dialect: Dialect,
    /** What was asked for, as soon as it is known. */
    public kind: EventKind,
  ) {}

  /** Tokens were given, or taken back: the app acts for this user, so its developers may know who it is. */
  succeeded(appId: number, { userId, connectionId }: Answered, outcome = 'ok'): void {
    this.#write({ appId, userId, connectionId, outcome, details: {} });
  }

  /** Whoever it was about is nobody's to know; which connection it was is, where it is the app's own. */
  failed(appId: number, outcome: Reason | QuietFailure, more: More = {}): void {
    const { connectionId = null, details = {}, lookUp } = more;
    this.#write({ appId, userId: null, connectionId, outcome, details, ...(lookUp ? { lookUp } : {}) });
  }

  /** The request was refused before its client was asked for: its app is looked up when it has been answered. */
  refusedUnread(reason: Reason, seconds: number | undefined): void {
    if (this.#written) return;
    const { clientId, grantType, details } = formFacts(this.request, reason);
    if (clientId === null || !CLIENT_ID_FORM.test(clientId)) return;
    if (this.kind === 'token' && grantType === 'refresh_token') this.kind = 'refresh';
    const { clients, log } = runtime();
    const more = { details: seconds === undefined ? details : { ...details, seconds } };
    // Who is not heard for a while does not make us ask the database either.
    const known = reason === 'rate_limited' ? Promise.resolve(clients.peek(clientId)) : clients.get(clientId);
    known
      .then((client) => client && this.failed(client.id, reason, more))
      .catch((error) => log.debug({ err: error, requestId: this.request.requestId }, 'an event found no app'));
  }

  #write(line: Omit<OAuthEventLine, 'kind' | 'dialect' | 'requestId' | 'at'>): void {
    if (this.#written) return;
    this.#written = true;
    const { events, clock } = runtime();
    const { requestId, address } = this.request;
    const at = new Date(clock.now());
    events.add({ ...line, kind: this.kind, dialect: this.dialect, requestId, at }, address);
  }
}

/**
 * Answers a request and sees to it that it leaves one event, whatever it comes to, if it names an app that exists. Nothing
 * waits for the event.
 */
export async function withEvent(
  request: MachineRequest,
  dialect: Dialect,
  kind: EventKind,
  answer: (event: EventDraft) => Promise<MachineAnswer>,
): Promise<MachineAnswer> {
  const event = new EventDraft(request, dialect, kind);
  try {
    return await answer(event);
  } catch (error) {
    if (isOAuthError(error)) event.refusedUnread(error.reason, error.retryAfterSeconds);
    else event.refusedUnread('internal', undefined);
    throw error;
  }
}

/** What a wrong client secret, or none, is explained by. */
export function credentialFacts(reason: Reason, secretId: string | null): Pick<More, 'lookUp'> {
  if (reason === 'secret_mismatch') return { lookUp: { secrets: 'all' } };
  if (reason === 'secret_expired' && secretId !== null) return { lookUp: { secrets: { id: secretId } } };
  return {};
}

/** The app whose client failed to prove itself. */
export function clientFailed(event: EventDraft, client: Client, reason: Reason, secretId: string | null): void {
  event.failed(client.id, reason, credentialFacts(reason, secretId));
}
