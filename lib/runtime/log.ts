import { hostname } from 'node:os';
import process from 'node:process';
import pino from 'pino';

export type Log = pino.Logger;

/**
 * JSON lines on standard output. Nothing secret is ever passed to it; these paths are a second fence.
 * @param worker which of several processes that write to one stream: a serving one by its number, or `main`
 */
export function openLog(level: string, worker: number | 'main' | null = null): Log {
  return pino({
    level,
    base: { pid: process.pid, hostname: hostname(), ...(worker === null ? {} : { worker }) },
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
