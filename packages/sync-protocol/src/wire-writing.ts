/**
 * From domain values to wire values. What a value promises and does not keep is a bug of our own,
 * so these assert; the bounds are those that the other side enforces.
 */
import { bytesFromHex, type DeviceId, type FolderId, isFolderId } from '@holdfast/model';
import { assert } from '@holdfast/platform';
import type { WirePosition } from './generated/wire.js';
import { limits } from './limits.js';
import type { IndexPosition } from './messages.js';

const notText = /[\p{Cc}\p{Cs}]/u;
const notTextEverywhere = /[\p{Cc}\p{Cs}]/gu;

/** The bytes as the generated code types them. */
export type WireBytes = Uint8Array<ArrayBuffer>;

export function writeFrame(frame: Uint8Array): Uint8Array {
  assert(frame.length > 0 && frame.length <= limits.frameBytes, 'a frame within its limit');
  return frame;
}

export function writeText(text: string, limitBytes: number, what: string): WireBytes {
  const bytes = Buffer.from(text, 'utf8');
  assert(bytes.length <= limitBytes, `${what} of at most ${limitBytes} bytes`);
  assert(!notText.test(text), `${what} without control characters`);
  return bytes;
}

/** A message of an error as it may travel: on one line, and cut to the limit. */
export function writeErrorText(text: string): WireBytes {
  const line = text.slice(0, limits.errorMessageBytes).replace(notTextEverywhere, ' ');
  const bytes = Buffer.from(line, 'utf8');
  if (bytes.length <= limits.errorMessageBytes) return bytes;
  let end = limits.errorMessageBytes;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

export function writeCode(code: string): WireBytes {
  assert(/^[\x21-\x7e]{1,64}$/.test(code), 'a code of printable characters');
  return Buffer.from(code, 'latin1');
}

export function writeAddresses(
  addresses: readonly string[],
  limit: number = limits.addresses,
): WireBytes[] {
  writeCount(addresses, limit, 'addresses');
  return addresses.map((address) => {
    assert(address !== '', 'an address');
    return writeText(address, limits.addressBytes, 'address');
  });
}

export function writeCount(list: readonly unknown[], limit: number, what: string): void {
  assert(list.length <= limit, `at most ${limit} ${what}`);
}

export function writeHex(digits: string, lengthBytes: number): WireBytes {
  const bytes = bytesFromHex(digits);
  assert(
    bytes.length === lengthBytes && digits.length === lengthBytes * 2,
    `an id of ${lengthBytes} bytes`,
  );
  return wireBytes(bytes);
}

export function writeFolderId(folderId: FolderId): WireBytes {
  assert(isFolderId(folderId), 'a folder id');
  return Buffer.from(folderId, 'latin1');
}

export function writeDeviceId(device: DeviceId): WireBytes {
  assert(device.length >= 8 && device.length <= limits.deviceIdBytes, 'a device id');
  return Buffer.from(device, 'latin1');
}

export function writePosition({ epoch, sequence, hash }: IndexPosition): WirePosition {
  return { epoch: writeHex(epoch, 8), sequence: writeSafe(sequence), hash: writeHex(hash, 32) };
}

export function writeSafe(value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, 'a safe integer, at least 0');
  return value;
}

export function writeBetween(value: number, least: number, most: number, what: string): number {
  assert(Number.isInteger(value) && value >= least && value <= most, `${what} in its range`);
  return value;
}

export function writeSome(bytes: Uint8Array, limitBytes: number, what: string): WireBytes {
  assert(bytes.length > 0 && bytes.length <= limitBytes, `${what} of 1 to ${limitBytes} bytes`);
  return wireBytes(bytes);
}

/** Only a difference of types: bytes on shared memory are written like any other. */
export function wireBytes(bytes: Uint8Array): WireBytes {
  return bytes as WireBytes;
}
