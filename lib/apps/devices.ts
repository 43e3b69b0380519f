import Bowser from 'bowser';
import { shownAddress } from './addresses';

/** Longer headers are cut: the parser runs many expressions over text that anybody may send. */
const MAX_USER_AGENT_LENGTH = 512;

const SYSTEMS: Record<string, string> = {
  macOS: 'Mac',
  iOS: 'iPhone',
  'Chrome OS': 'Chromebook',
};

/** The device behind a User-Agent header in a few words, such as "Firefox, Mac", or null when it says nothing of one. */
export function describeDevice(userAgent: string): string | null {
  const text = userAgent.slice(0, MAX_USER_AGENT_LENGTH).trim();
  if (text === '') return null;
  const { browser, os, platform } = Bowser.parse(text);
  const system = platform.model === 'iPad' ? 'iPad' : (SYSTEMS[os.name ?? ''] ?? os.name);
  const program = browser.name || programName(text);
  return [program, system].filter((part) => part).join(', ') || null;
}

// `curl/8.5.0`, `okhttp/4.12`: RFC 9110 §10.1.5 puts the product first. Only plain words, for the text is shown to people.
function programName(userAgent: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9 ._-]{0,29})\//.exec(userAgent)?.[1];
}

/** Where somebody signed in. */
export type SignInPlace = { userAgent: string; ip: string };

/**
 * Whether a sign-in comes from a device that the account was not used with: another kind of browser or system, or the
 * same in another network. The very first sign-in is none.
 * @param known the account's other sign-ins, as far as they are kept and looked at
 * @param youngAccount whether all of its sign-ins would still be kept: with none, this is the first
 */
export function isNewDevice(known: readonly SignInPlace[], place: SignInPlace, youngAccount: boolean): boolean {
  if (known.length === 0) return !youngAccount;
  const [network, device] = [networkOf(place), deviceOf(place)];
  // The network first: it costs less than to take a header apart.
  return !known.some((other) => networkOf(other) === network && deviceOf(other) === device);
}

const networkOf = ({ ip }: SignInPlace) => shownAddress(ip, 'NETWORK') ?? ip;
const deviceOf = ({ userAgent }: SignInPlace) => describeDevice(userAgent) ?? userAgent;
