/**
 * A device's identity: an Ed25519 key pair, and the libp2p PeerId made from its public half. The
 * private key travels as libp2p's protobuf; whoever holds those bytes is the device.
 */

import { AppError } from '@holdfast/platform';
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys';
import type { Ed25519PrivateKey, Ed25519PublicKey } from '@libp2p/interface';
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id';

export interface DeviceIdentity {
  /** The PeerId's text, `12D3Koo…`. */
  readonly device: string;
  /** Secret: never logged, stored with permissions 0600. */
  readonly privateKeyBytes: Uint8Array;
}

export async function generateIdentity(): Promise<DeviceIdentity> {
  const key = await generateKeyPair('Ed25519');
  return {
    device: peerIdFromPrivateKey(key).toString(),
    privateKeyBytes: privateKeyToProtobuf(key),
  };
}

/** Rejects with code `identity_invalid` where the bytes are not such a key. */
export async function identityFrom(privateKeyBytes: Uint8Array): Promise<DeviceIdentity> {
  const key = privateKeyFrom(privateKeyBytes);
  return { device: peerIdFromPrivateKey(key).toString(), privateKeyBytes };
}

/** The key itself; throws `identity_invalid`. */
export function privateKeyFrom(privateKeyBytes: Uint8Array): Ed25519PrivateKey {
  try {
    const key = privateKeyFromProtobuf(privateKeyBytes);
    if (key.type === 'Ed25519') return key;
    throw new TypeError(`a key of type ${key.type}`);
  } catch (cause) {
    throw new AppError(
      'identity_invalid',
      "This device's key cannot be read. Your files are not affected, but the other devices know this device by that key.",
      {
        kind: 'tell-person',
        hint: 'Restore the key file from a backup, or start with a new identity and pair again.',
        cause,
      },
    );
  }
}

/** Whether the text names a device; nothing is said about who it is. */
export function isDeviceId(text: string): boolean {
  return publicKeyOf(text) !== undefined;
}

export async function sign(identity: DeviceIdentity, bytes: Uint8Array): Promise<Uint8Array> {
  return privateKeyFrom(identity.privateKeyBytes).sign(bytes);
}

/** False for a signature by anyone else, and for a text that names no device. */
export async function verifySignature(
  device: string,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = publicKeyOf(device);
  // A signature of another length is not an error of ours: it is simply not this device's.
  if (key === undefined || signature.length !== 64) return false;
  return key.verify(bytes, signature);
}

/** Undefined where the text names no device. */
export function publicKeyOf(text: string): Ed25519PublicKey | undefined {
  if (!/^12D3Koo[1-9A-HJ-NP-Za-km-z]{45}$/.test(text)) return undefined;
  try {
    const peerId = peerIdFromString(text);
    // Only the canonical text: two texts for one device would be two devices to a map.
    return peerId.type === 'Ed25519' && peerId.toString() === text ? peerId.publicKey : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
