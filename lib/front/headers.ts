/** Security headers of pages. */
export type PagePolicy = {
  nonce: string;
  /** Origin or scheme that a form of this page may lead to besides ourselves, by redirect (Chromium applies form-action to it). */
  formTarget: string | null;
  secure: boolean;
  development: boolean;
  /** Pages of ours are framed by this one. */
  frames: boolean;
};

/** Content-Security-Policy of a page: what it may load, who may frame it (nobody), where its forms may go. */
export function contentSecurityPolicy({ nonce, formTarget, secure, development, frames }: PagePolicy): string {
  // React's development build evaluates code to rebuild stack traces.
  const script = development ? " 'unsafe-eval'" : '';
  const style = development ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${script}`,
    `style-src ${style}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "manifest-src 'self'",
    ...(frames ? ["frame-src 'self'"] : []),
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action 'self'${formTarget ? ` ${formTarget}` : ''}`,
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** Headers that every page has, whatever its status. */
export function pageHeaders(policy: PagePolicy, isolate: boolean): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(policy),
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    // Not no-referrer: a browser would send `Origin: null` with our own forms, and they would be refused.
    'Referrer-Policy': 'same-origin',
    // Sign-in pop-ups of apps need their opener, so the pages of an authorization go without.
    ...(isolate ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {}),
    ...transportHeaders(policy.secure),
  };
}

/** HSTS exactly where the public URL is https. */
export function transportHeaders(secure: boolean): Record<string, string> {
  return secure ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {};
}

/** CORS of the machine paths: any origin, never with credentials (RFC 9700 §2.6 forbids it on authorize only). */
export const CORS_HEADERS: Record<string, string> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After, WWW-Authenticate, X-Request-Id',
};

/** The answer to a CORS preflight. */
export function preflightHeaders(method: string): Record<string, string> {
  return {
    ...CORS_HEADERS,
    'Access-Control-Allow-Methods': method,
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Accept, X-Requested-With',
    'Access-Control-Max-Age': '600',
    'Content-Length': '0',
  };
}
