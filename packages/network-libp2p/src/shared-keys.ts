/**
 * The keys that this device shares with others: they open doors, and seal announcements. Two paired
 * devices know each other's Ed25519 keys, so they have a secret in common that was never sent: X25519
 * of the two (RFC 7748), after mapping them to Montgomery form (section 4.1 there). Nothing is to be
 * distributed or rotated: a device that is not paired any more is one whose key is not tried.
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { type DeviceIdentity, privateKeyFrom, publicKeyOf } from './device-identity.js';
import { maxKnownSecrets } from './network-limits.js';

const keyBytes = 32;
/** What stands before the 32 bytes of an X25519 key in DER (RFC 8410): PKCS#8, and SPKI. */
const privateKeyPrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicKeyPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** What one pair of devices uses: each direction has a key of its own. */
export interface PairKeys {
  /** Opens their door for us. */
  readonly dialling: Uint8Array;
  /** Opens our door for them. */
  readonly accepting: Uint8Array;
  /** Seals what we announce to them. */
  readonly announcing: Uint8Array;
  /** Sealed what they announce to us. */
  readonly hearing: Uint8Array;
}

export class SharedKeys {
  readonly #public: Uint8Array;
  readonly #secret: KeyObject;
  readonly #known = new Map<string, PairKeys | undefined>();

  constructor(identity: DeviceIdentity) {
    const key = privateKeyFrom(identity.privateKeyBytes);
    this.#public = key.publicKey.raw;
    const scalar = ed25519.utils.toMontgomerySecret(key.raw.subarray(0, keyBytes));
    const der = Buffer.concat([privateKeyPrefix, scalar]);
    this.#secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  }

  /** Undefined where the text names no device, or one with whom there can be no secret. */
  withDevice(device: string): PairKeys | undefined {
    if (this.#known.has(device)) return this.#known.get(device);
    if (this.#known.size >= maxKnownSecrets) this.#known.clear();
    const keys = this.#derive(device);
    this.#known.set(device, keys);
    return keys;
  }

  /** Opens, for whoever has the invite, the door of the device that made it: ours, if none is named. */
  ofInvite(inviteKey: Uint8Array, inviter?: string): Uint8Array | undefined {
    const acceptor = inviter === undefined ? this.#public : publicKeyOf(inviter)?.raw;
    return acceptor && derived(inviteKey, 'door 1 invite', acceptor);
  }

  #derive(device: string): PairKeys | undefined {
    const theirs = publicKeyOf(device)?.raw;
    const shared = theirs && sharedSecret(this.#secret, theirs);
    if (theirs === undefined || shared === undefined) return undefined;
    return {
      dialling: derived(shared, 'door 1 pair', this.#public, theirs),
      accepting: derived(shared, 'door 1 pair', theirs, this.#public),
      announcing: derived(shared, 'announcement 1', this.#public, theirs),
      hearing: derived(shared, 'announcement 1', theirs, this.#public),
    };
  }
}

/** Undefined for the few keys, made on purpose, whose secret with anybody is known to all. */
function sharedSecret(privateKey: KeyObject, theirs: Uint8Array): Uint8Array | undefined {
  try {
    const der = Buffer.concat([publicKeyPrefix, ed25519.utils.toMontgomery(theirs)]);
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return diffieHellman({ privateKey, publicKey });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

type Purpose = 'door 1 pair' | 'door 1 invite' | 'announcement 1';

/** HKDF-SHA256 (RFC 5869). Of the ids, who begins stands first: a key serves in one direction only. */
function derived(secret: Uint8Array, purpose: Purpose, ...ids: readonly Uint8Array[]): Uint8Array {
  const info = Buffer.concat([Buffer.from(`holdfast ${purpose}\0`), ...ids]);
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), info, keyBytes));
}
