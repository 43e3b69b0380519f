import type { Settings } from '@/lib/runtime/settings';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The hosts this service answers on, for the judgement of redirect URLs. A base domain that is this machine itself is
 * left out: the developer's own programs live there too, on other ports.
 */
export function ownHosts(settings: Pick<Settings, 'publicUrl' | 'apiUrl' | 'baseDomain'>): string[] {
  const hosts = [new URL(settings.publicUrl).host, new URL(settings.apiUrl).host];
  if (!LOOPBACK_NAMES.has(settings.baseDomain)) hosts.push(settings.baseDomain);
  return [...new Set(hosts)];
}
