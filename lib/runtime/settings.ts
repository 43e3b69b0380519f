import { BlockList, isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { isMailAddress } from './mail-address';

/** A setting that can't be used: the start stops with its name and what is expected. */
export class SettingsError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

const origin = (expected: string) =>
  z.string().transform((value, context) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.origin !== value.replace(/\/$/, '')) {
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
    return url.origin;
  });

const count = (least: number, most: number) =>
  z.coerce
    .number({ error: `a whole number from ${least} to ${most}` })
    .int(`a whole number from ${least} to ${most}`)
    .min(least, `a whole number from ${least} to ${most}`)
    .max(most, `a whole number from ${least} to ${most}`);

const processes = z.string().transform((value, context) => {
  const given = value === 'auto' ? availableParallelism() : Number(value);
  if (Number.isInteger(given) && given >= 1 && given <= 256) return given;
  context.addIssue({ code: 'custom', message: 'a whole number from 1 to 256, or auto: one for each core' });
  return z.NEVER;
});

const networks = z.string().transform((value, context) => {
  const list = new BlockList();
  for (const entry of value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const prefix = bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits);
    if (!isIP(address) || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 'ipv6' ? 128 : 32)) {
      context.addIssue({ code: 'custom', message: 'addresses or networks such as 10.0.0.0/8, separated by commas' });
      return z.NEVER;
    }
    list.addSubnet(address, prefix, family);
  }
  return list;
});

const endpointLimits = z.string().transform((value, context) => {
  const limits = new Map<string, number>();
  for (const entry of value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [, endpoint, requests] = /^([\w.-]+)=([1-9]\d{0,7})$/.exec(entry) ?? [];
    if (endpoint === undefined || limits.has(endpoint)) {
      context.addIssue({ code: 'custom', message: 'endpoints and numbers such as token=200,introspect=5000' });
      return z.NEVER;
    }
    limits.set(endpoint, Number(requests));
  }
  return limits;
});

const EXPECTED_SERVERS = 'addresses of DNS servers such as 10.0.0.53 or 10.0.0.53:5353, separated by commas';

const dnsServers = z.string().transform((value, context) => {
  const servers = value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  for (const server of servers) {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(server) ?? [];
    const family = isIP(server) === 6 ? 6 : bracketed !== undefined ? isIP(bracketed) : isIP(plain ?? '');
    if (family === 0 || Number(port ?? 53) > 65_535 || Number(port ?? 53) < 1) {
      context.addIssue({ code: 'custom', message: EXPECTED_SERVERS });
      return z.NEVER;
    }
  }
  return servers;
});

const EXPECTED_SMTP = 'the address of an SMTP server, such as smtps://user:password@mail.example.com';

// What nodemailer reads: smtp:// (STARTTLS where the server offers it) and smtps://.
const smtpServer = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname !== '' && decodes(url.username + url.password))
    return value;
  context.addIssue({ code: 'custom', message: EXPECTED_SMTP });
  return z.NEVER;
});

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const EXPECTED_SENDER =
  'the address that mails come from, such as no-reply@example.com or Example <no-reply@example.com>';

const sender = z.string().transform((value, context) => {
  const [, name, bracketed, bare] =
    /^(?:\s*"?([^"<>\p{Cc}]*?)"?\s*<([^<>\s]+)>\s*|\s*([^<>\s]+)\s*)$/u.exec(value) ?? [];
  const address = bracketed ?? bare ?? '';
  if (isMailAddress(address)) return { name: name || null, address };
  context.addIssue({ code: 'custom', message: EXPECTED_SENDER });
  return z.NEVER;
});

const environment = z.object({
  PORT: count(1, 65_535).default(3000),
  HOST: z.string().min(1, 'an address to listen on, such as 0.0.0.0').optional(),
  PUBLIC_URL: origin('an origin without a path, such as https://example.com').optional(),
  API_URL: origin('an origin without a path, such as https://api.example.com').optional(),
  BASE_DOMAIN: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a host name in lower case, such as example.com')
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'a PostgreSQL address, such as postgresql://user:password@host/database'),
  DATABASE_POOL_SIZE: count(2, 200).default(10),
  WEB_CONCURRENCY: processes.default(1),
  MASTER_KEY: z.string().optional(),
  MASTER_KEY_FILE: z.string().optional(),
  MASTER_KEY_PREVIOUS: z.string().optional(),
  TRUSTED_PROXIES: networks.default(new BlockList()),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
  BRAND_NAME: z.string().min(1).max(40, 'at most 40 characters').default('Gatehouse'),
  BRAND_COLOR: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'a colour of six hex digits, such as #3d4fd1')
    .transform((colour) => colour.toLowerCase())
    .optional(),
  BRAND_LOGO: z.string().optional(),
  API_REQUESTS_PER_MINUTE: count(1, 10_000_000).default(700),
  ENDPOINT_REQUESTS_PER_MINUTE: endpointLimits.default(new Map()),
  CLIENT_REQUESTS_PER_MINUTE: count(1, 1_000_000_000).optional(),
  CLIENT_REFUSALS_PER_MINUTE: count(1, 10_000_000).optional(),
  CREDENTIAL_FAILURES: count(1, 1_000_000).default(300),
  PAGE_REQUESTS_PER_MINUTE: count(1, 10_000_000).default(250),
  PASSWORD_ATTEMPTS: count(1, 1_000_000).default(10),
  PASSWORD_CHANGE_ENDS_CONNECTIONS: z.enum(['ask', 'always'], { error: 'ask or always' }).default('ask'),
  KEY_ROTATION_DAYS: count(0, 3_650).default(90),
  DNS_SERVERS: dnsServers.default([]),
  SMTP_URL: smtpServer.optional(),
  MAIL_FROM: sender.optional(),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'at least 16 printable characters without spaces')
    .optional(),
  KEEP_ENDED_DAYS: count(1, 3_650).default(30),
  KEEP_EVENTS_DAYS: count(0, 3_650).default(90),
  KEEP_AUDIT_DAYS: count(0, 36_500).default(400),
  // Node's own: with one thread, hashing passwords would keep signing from it.
  UV_THREADPOOL_SIZE: count(2, 1_024).optional(),
});

/** Apps that run on many addresses: so many of them at their limit, or so many users, are one app's fair share. */
const CLIENT_ADDRESSES = 20;

export type Settings = {
  port: number;
  /** Address to listen on; null: loopback with demo data, else every address. */
  host: string | null;
  /** Issuer, and the base of every link (RFC 8414 §2). */
  publicUrl: string;
  /** `aud` of access tokens (RFC 9068 §2.2). */
  apiUrl: string;
  /** Tenants live on `<tenant>.<baseDomain>`, beside `app.` and `api.`. */
  baseDomain: string;
  secure: boolean;
  databaseUrl: string;
  /** Connections to the database of all processes of this instance. */
  databasePoolSize: number;
  /** Processes that serve. */
  processes: number;
  masterKey: { value: string | null; file: string | null; previous: string | null };
  trustedProxies: BlockList;
  logLevel: string;
  brandName: string;
  /** `#rrggbb`; null: the colour of the design. */
  brandColor: string | null;
  /** Path of an image file. */
  brandLogo: string | null;
  /** Requests per client address and minute. */
  apiRequestsPerMinute: number;
  /** The same for single endpoints, by the last part of their path: these count by themselves. */
  endpointRequestsPerMinute: ReadonlyMap<string, number>;
  /** Requests of one app at one endpoint in a minute, from wherever it shows its secret. */
  clientRequestsPerMinute: number;
  /** Refused requests of one app at one endpoint from one network in a minute. */
  clientRefusalsPerMinute: number;
  /** Wrong secrets, codes and refresh tokens from one network in 15 minutes; a third of it for one app. */
  credentialFailures: number;
  pageRequestsPerMinute: number;
  /** Wrong passwords for one account from one network in 15 minutes. */
  passwordAttempts: number;
  /** Whether a new password disconnects every app: when the person wants it, or always. */
  passwordChangeEndsConnections: 'ask' | 'always';
  /** Age at which the signing key gets a successor; 0: only by command. */
  keyRotationDays: number;
  /** Who is asked for the TXT records that prove a publisher's domain; empty: the servers of the system. */
  dnsServers: string[];
  /** Who sends mails, and by which server (nodemailer's URL); null: nobody. */
  smtp: { url: string; from: { name: string | null; address: string } } | null;
  /** What a scraper shows to read the metrics; null: only this machine reads them. */
  metricsToken: string | null;
  /** Days after which what is over is deleted; 0: never. */
  retention: { endedDays: number; eventsDays: number; auditDays: number };
};

/**
 * Reads every setting once.
 * @param env the process's environment; an empty value counts as not set
 * @throws SettingsError naming each wrong setting and what is expected
 */
export function parseSettings(env: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return given[name] === undefined
          ? `${name} is missing: ${issue.message}`
          : `${name} is wrong: expected ${issue.message}`;
      }),
    );
  }
  const e = parsed.data;
  const publicUrl = e.PUBLIC_URL ?? `http://localhost:${e.PORT}`;
  return {
    port: e.PORT,
    host: e.HOST ?? null,
    publicUrl,
    apiUrl: e.API_URL ?? publicUrl,
    baseDomain: e.BASE_DOMAIN ?? new URL(publicUrl).hostname.replace(/^app\./, ''),
    secure: publicUrl.startsWith('https:'),
    databaseUrl: e.DATABASE_URL,
    databasePoolSize: e.DATABASE_POOL_SIZE,
    processes: e.WEB_CONCURRENCY,
    masterKey: {
      value: e.MASTER_KEY ?? null,
      file: e.MASTER_KEY_FILE ?? null,
      previous: e.MASTER_KEY_PREVIOUS ?? null,
    },
    trustedProxies: e.TRUSTED_PROXIES,
    logLevel: e.LOG_LEVEL,
    brandName: e.BRAND_NAME,
    brandColor: e.BRAND_COLOR ?? null,
    brandLogo: e.BRAND_LOGO ?? null,
    apiRequestsPerMinute: e.API_REQUESTS_PER_MINUTE,
    endpointRequestsPerMinute: e.ENDPOINT_REQUESTS_PER_MINUTE,
    clientRequestsPerMinute: e.CLIENT_REQUESTS_PER_MINUTE ?? e.API_REQUESTS_PER_MINUTE * CLIENT_ADDRESSES,
    clientRefusalsPerMinute: e.CLIENT_REFUSALS_PER_MINUTE ?? Math.ceil(e.API_REQUESTS_PER_MINUTE / 2),
    credentialFailures: e.CREDENTIAL_FAILURES,
    pageRequestsPerMinute: e.PAGE_REQUESTS_PER_MINUTE,
    passwordAttempts: e.PASSWORD_ATTEMPTS,
    passwordChangeEndsConnections: e.PASSWORD_CHANGE_ENDS_CONNECTIONS,
    keyRotationDays: e.KEY_ROTATION_DAYS,
    dnsServers: e.DNS_SERVERS,
    smtp: smtpOf(e.SMTP_URL, e.MAIL_FROM),
    metricsToken: e.METRICS_TOKEN ?? null,
    retention: { endedDays: e.KEEP_ENDED_DAYS, eventsDays: e.KEEP_EVENTS_DAYS, auditDays: e.KEEP_AUDIT_DAYS },
  };
}

/** A server without a sender, or a sender without a server, would be a setting that somebody relies on. */
function smtpOf(url: string | undefined, from: NonNullable<Settings['smtp']>['from'] | undefined): Settings['smtp'] {
  if (url !== undefined && from !== undefined) return { url, from };
  if (url !== undefined)
    throw new SettingsError([`MAIL_FROM is missing: expected beside SMTP_URL, ${EXPECTED_SENDER}`]);
  if (from !== undefined) throw new SettingsError([`SMTP_URL is missing: expected beside MAIL_FROM, ${EXPECTED_SMTP}`]);
  return null;
}
