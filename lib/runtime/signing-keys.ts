import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import { seal, unseal } from './master-key';

/** A signing key as it is stored. */
export type StoredKey = {
  kid: string;
  publicKey: JsonWebKey;
  privateKeySealed: Buffer;
  state: 'NEXT' | 'ACTIVE' | 'RETIRING' | 'GONE';
};

/** A prepared answer: its bytes and its ETag. */
export type Prepared = { body: Buffer; etag: string };

const generate = promisify(generateKeyPair);
const signInPool = promisify(sign) as (algorithm: string, data: Buffer, key: KeyObject) => Promise<Buffer>;

/** Makes an RSA 2048 key; the kid is its RFC 7638 thumbprint. */
export async function makeSigningKey(sealingKey: Buffer): Promise<StoredKey> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { kid, publicKey: { kty, n, e } as JsonWebKey, privateKeySealed: seal(sealingKey, der, kid), state: 'ACTIVE' };
}

/** Counts and times signatures. */
type Watch = (signature: () => Promise<Buffer>) => Promise<Buffer>;

/** A private key, parsed once. */
export class Signer {
  constructor(
    readonly kid: string,
    private readonly key: KeyObject,
    private readonly watch: Watch = (signature) => signature(),
  ) {}

  /**
   * RS256 (RFC 7518 §3.3) in libuv's pool: the event loop stays free for about a millisecond of CPU.
   * @returns the compact JWS
   */
  async sign(signingInput: string): Promise<string> {
    const signature = await this.watch(() => signInPool('sha256', Buffer.from(signingInput), this.key));
    return `${signingInput}.${signature.toString('base64url')}`;
  }
}

/** The keys of access tokens: one that signs, those that still verify, and the JWKS (RFC 7517) as prepared bytes. */
export class KeyRing {
  #active: Signer | null = null;
  #signers = new Map<string, Signer>();
  #public = new Map<string, KeyObject>();
  #jwks: Prepared = prepare({ keys: [] });

  /**
   * @param sealing keys that may have sealed the private halves
   * @param load reads the stored keys; makes the first one under a lock when there is none
   */
  constructor(
    private readonly sealing: Buffer[],
    private readonly load: () => Promise<StoredKey[]>,
    private readonly watch?: Watch,
  ) {}

  #reloading: Promise<void> = Promise.resolve();

  /**
   * Reads the keys again, one reading at a time: an older one that comes late must not bring back what is gone.
   * @throws Error when the master key doesn't open the active key: better no start than a second set of keys
   */
  reload(): Promise<void> {
    const next = this.#reloading.catch(() => undefined).then(() => this.#read());
    this.#reloading = next;
    return next;
  }

  async #read(): Promise<void> {
    const stored = (await this.load()).filter((key) => key.state !== 'GONE');
    this.#signers = new Map(stored.map((key) => [key.kid, this.#signers.get(key.kid) ?? this.#open(key)]));
    this.#public = new Map(stored.map((key) => [key.kid, createPublicKey({ key: key.publicKey, format: 'jwk' })]));
    this.#jwks = prepare({
      keys: stored.map(({ kid, publicKey: { kty, n, e } }) => ({ kty, n, e, kid, use: 'sig', alg: 'RS256' })),
    });
    const active = stored.find((key) => key.state === 'ACTIVE');
    this.#active = (active && this.#signers.get(active.kid)) ?? null;
    if (!active) throw new Error('no active signing key');
  }

  #open(key: StoredKey): Signer {
    const der = unseal(this.sealing, key.privateKeySealed, key.kid);
    if (!der)
      throw new Error('MASTER_KEY does not open the signing keys of this database: start with the key that made them');
    return new Signer(key.kid, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), this.watch);
  }

  get jwks(): Prepared {
    return this.#jwks;
  }

  /** @returns the key that verifies tokens of this kid, or null when it is unknown or gone */
  verificationKey(kid: string): KeyObject | null {
    return this.#public.get(kid) ?? null;
  }

  /** The key that signs now. Whoever holds it may finish what it has begun, even if the key is removed meanwhile. */
  get signer(): Signer {
    if (!this.#active) throw new Error('signing keys are not loaded');
    return this.#active;
  }

  /** The key that signed before, or null when it is gone. */
  signerOf(kid: string): Signer | null {
    return this.#signers.get(kid) ?? null;
  }
}

/** Serialises once, with a strong ETag (RFC 9110 §8.8.3). */
export function prepare(value: unknown): Prepared {
  const body = Buffer.from(JSON.stringify(value));
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
}
