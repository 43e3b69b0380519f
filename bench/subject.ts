/** What is measured, in which order, and what it is called in tables. */
export const OPERATIONS = {
  'exchange-secret': 'code exchange with secret',
  'exchange-pkce': 'code exchange with PKCE',
  'refresh-secret': 'refresh with secret',
  'refresh-pkce': 'refresh, rotating',
  'token-info': 'token_info, tokens that differ',
  'token-info-again': 'token_info, the same 2,000 again',
  introspect: 'introspect',
  revoke: 'revoke',
  'users-current': '/api/users/current',
  jwks: 'JWKS',
  metadata: 'metadata',
  'page-sign-in': 'page: sign-in',
  'page-consent': 'page: consent',
  'page-connections': 'page: connections',
  'page-applications': 'page: applications',
} as const;

export type Operation = keyof typeof OPERATIONS;

export const ALL_OPERATIONS = Object.keys(OPERATIONS) as Operation[];

/** Tokens that an API asks about again and again. */
export const AGAIN = 2_000;

/** A request that is ready to be sent. */
export type Prepared = {
  method: 'GET' | 'POST';
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body: string | null;
};

export type Answer = { status: number; body: string };

/** A server under test. */
export type Subject = {
  name: string;
  origin: string;
  /** Root of its process tree. */
  pid: number;
  operations: readonly Operation[];
  /** Requests a second that it may answer, for the first window; a window with fewer requests ends earlier. */
  guess: number;
  /** Makes so many requests that are good once each, with what stands behind them in the database. */
  prepare(operation: Operation, count: number): Promise<Prepared[]>;
  /** Asks whether the answers are what the requests were for. @throws Error with the first that is not */
  verify(operation: Operation, answers: readonly Answer[]): Promise<void>;
  stop(): Promise<void>;
};
