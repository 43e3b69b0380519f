import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Settings, SettingsError } from './settings';

/** Keys derived from the master key by HKDF (RFC 5869), one per purpose. Lists are newest first; the previous is still accepted. */
export type DerivedKeys = {
  /** HS256 of refresh tokens. */
  refresh: Buffer[];
  /** HMAC that derives the successor of a refresh token. */
  successor: Buffer[];
  /** AES-256-GCM of signing keys' private halves. */
  sealing: Buffer[];
  /** AES-256-GCM of what mails say while they wait. */
  mails: Buffer[];
  /** next-auth's cookie encryption. */
  session: string;
};

/** @throws SettingsError when no usable master key is configured */
export function loadMasterKeys({ masterKey }: Settings): DerivedKeys {
  const text = masterKey.value ?? (masterKey.file === null ? null : readKeyFile(masterKey.file));
  if (text === null) {
    throw new SettingsError(['MASTER_KEY or MASTER_KEY_FILE is missing: expected 32 random bytes in hex or base64']);
  }
  const masters = [decode('MASTER_KEY', text)];
  if (masterKey.previous !== null) masters.push(decode('MASTER_KEY_PREVIOUS', masterKey.previous));
  const each = (purpose: string) => masters.map((master) => derive(master, purpose));
  return {
    refresh: each('refresh token signature'),
    successor: each('refresh token successor'),
    sealing: each('signing key sealing'),
    mails: each('mail sealing'),
    session: derive(masters[0] as Buffer, 'session cookie').toString('base64url'),
  };
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SettingsError([`MASTER_KEY_FILE can't be read: ${(error as Error).message}`]);
  }
}

function decode(name: string, text: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== 32) throw new SettingsError([`${name} is wrong: expected 32 random bytes in hex or base64`]);
  return key;
}

const derive = (master: Buffer, purpose: string) => Buffer.from(hkdfSync('sha256', master, 'gatehouse', purpose, 32));

/** AES-256-GCM: 12 bytes nonce, 16 bytes tag, ciphertext. `label` is authenticated: a row can't be swapped for another. */
export function seal(key: Buffer, plain: Buffer, label: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @returns the plain bytes, or null when none of the keys fits */
export function unseal(keys: Buffer[], sealed: Buffer, label: string): Buffer | null {
  for (const key of keys) {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(label));
    decipher.setAuthTag(sealed.subarray(12, 28));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
    } catch {
      // Sealed under another key: try the next one.
    }
  }
  return null;
}

/**
 * Seals anew under the newest key what an older one sealed.
 * @param keys newest first
 */
export function resealed(
  keys: Buffer[],
  sealed: Buffer,
  label: string,
): Buffer | 'newest_already' | 'opens_under_none' {
  const [newest, ...older] = keys as [Buffer, ...Buffer[]];
  if (unseal([newest], sealed, label)) return 'newest_already';
  const plain = unseal(older, sealed, label);
  return plain ? seal(newest, plain, label) : 'opens_under_none';
}
