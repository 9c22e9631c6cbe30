/**
 * The identities of the domain. All are strings, so that they can be map keys and cross threads;
 * the brands keep them apart.
 */
declare const brand: unique symbol;

/** The text of a libp2p PeerId (base58btc). */
export type DeviceId = string & { readonly [brand]: 'DeviceId' };
/** Sixteen lowercase base32 characters (RFC 4648, without padding), random. */
export type FolderId = string & { readonly [brand]: 'FolderId' };
/** Eight random bytes as sixteen hexadecimal digits: one run of a device's sequence numbers. */
export type EpochId = string & { readonly [brand]: 'EpochId' };
/** Eight bytes as sixteen hexadecimal digits: a device in one of its epochs; a vector counts by it. */
export type ActorId = string & { readonly [brand]: 'ActorId' };
/** BLAKE3-256 of a canonical shared record, 64 hexadecimal digits. */
export type VersionId = string & { readonly [brand]: 'VersionId' };
/** BLAKE3-256 of a block's plaintext, 64 hexadecimal digits. */
export type ContentId = string & { readonly [brand]: 'ContentId' };
/** BLAKE3-256 of a block's envelope as stored, 64 hexadecimal digits. */
export type StoredId = string & { readonly [brand]: 'StoredId' };
/** Eight random bytes as sixteen hexadecimal digits: an archive's data on one disk. */
export type StoreId = string & { readonly [brand]: 'StoreId' };

/** BLAKE3-256: any bytes to 32 bytes. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

const folderIdPattern = /^[a-z2-7]{16}$/;
const eightBytesPattern = /^[0-9a-f]{16}$/;
const thirtyTwoBytesPattern = /^[0-9a-f]{64}$/;

export function isFolderId(text: string): text is FolderId {
  return folderIdPattern.test(text);
}

/** True for epochs, actors and store ids. */
export function isEightByteId(text: string): boolean {
  return eightBytesPattern.test(text);
}

/** True for version, content and stored ids. */
export function isThirtyTwoByteId(text: string): boolean {
  return thirtyTwoBytesPattern.test(text);
}

export function hexFrom(bytes: Uint8Array): string {
  if (Buffer.isBuffer(bytes)) return bytes.toString('hex');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function bytesFromHex(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** A new folder's id from ten random bytes. */
export function folderIdFrom(randomBytes: Uint8Array): FolderId {
  if (randomBytes.length !== 10) throw new RangeError('a folder id takes ten random bytes');
  let bits = '';
  for (const byte of randomBytes) bits += byte.toString(2).padStart(8, '0');
  let text = '';
  for (let at = 0; at < bits.length; at += 5) {
    text += base32Alphabet[Number.parseInt(bits.slice(at, at + 5), 2)];
  }
  return text as FolderId;
}

/** The actor of a device in an epoch: the first eight bytes of BLAKE3("holdfast actor 1" 0 device 0 epoch). */
export function actorOf(device: DeviceId, epoch: EpochId, hash: Hash): ActorId {
  const digest = hash(Buffer.from(`holdfast actor 1\0${device}\0${epoch}`, 'utf8'));
  return hexFrom(digest.subarray(0, 8)) as ActorId;
}
