import pino from 'pino';

export type Log = pino.Logger;

/** JSON lines on standard output. Nothing secret is ever passed to it; these paths are a second fence. */
export function openLog(level: string): Log {
  return pino({
    level,
    redact: [
      '*.authorization',
      '*.cookie',
      '*.password',
      '*.secret',
      '*.token',
      '*.code',
      '*.refreshToken',
      '*.codeVerifier',
    ],
  });
}
