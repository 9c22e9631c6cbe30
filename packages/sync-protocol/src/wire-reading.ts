/**
 * From wire values to domain values. Every function either returns a value that keeps its bound or
 * throws `message_malformed`; none trusts a length, a byte or a number. The generated decoder is
 * wrapped here as well, since it throws errors of its own.
 */
import { type DeviceId, type EpochId, type FolderId, hexFrom, isFolderId } from '@holdfast/model';
import type { WirePosition } from './generated/wire.js';
import { limits } from './limits.js';
import { malformedError, refuse } from './malformed.js';
import type { IndexPosition } from './messages.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const devicePattern = /^[1-9A-HJ-NP-Za-km-z]{8,}$/;
const codePattern = /^[\x21-\x7e]+$/;
const controlCharacter = /\p{Cc}/u;

/** Decodes one frame with the generated `decode`. */
export function readFrame<T>(frame: Uint8Array, decode: (frame: Uint8Array) => T): T {
  if (frame.length > limits.frameBytes) refuse('frame too large');
  try {
    return decode(frame);
  } catch (error) {
    throw malformedError('not a message of this channel', error);
  }
}

/** The one member of a oneof that is set; every message has one. */
export function present<T>(value: T | undefined, what: string): T {
  return value === undefined ? refuse(`${what} is missing`) : value;
}

export function readText(bytes: Uint8Array, limitBytes: number, what: string): string {
  if (bytes.length > limitBytes) refuse(`${what} too long`);
  const text = decodeUtf8(bytes, what);
  if (controlCharacter.test(text)) refuse(`${what} has control characters`);
  return text;
}

function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw malformedError(`${what} is not UTF-8`, error);
  }
}

export function readCode(bytes: Uint8Array): string {
  const code = readText(bytes, limits.errorCodeBytes, 'error code');
  return codePattern.test(code) ? code : refuse('error code is not one');
}

export function readAddresses(
  addresses: readonly Uint8Array[],
  limit: number = limits.addresses,
): string[] {
  if (addresses.length > limit) refuse('too many addresses');
  return addresses.map((bytes) => {
    if (bytes.length === 0) refuse('address is empty');
    return readText(bytes, limits.addressBytes, 'address');
  });
}

/** Bytes of exactly that length. */
export function readExactly(bytes: Uint8Array, lengthBytes: number, what: string): Uint8Array {
  return bytes.length === lengthBytes ? bytes : refuse(`${what} has ${bytes.length} bytes`);
}

/** An id of that many bytes, as hexadecimal digits; the caller names the brand. */
export function readHex<Id extends string>(
  bytes: Uint8Array,
  lengthBytes: number,
  what: string,
): Id {
  return hexFrom(readExactly(bytes, lengthBytes, what)) as Id;
}

export function readFolderId(bytes: Uint8Array): FolderId {
  const text = latin1From(readExactly(bytes, 16, 'folder id'));
  return isFolderId(text) ? text : refuse('folder id is not one');
}

export function readDeviceId(bytes: Uint8Array): DeviceId {
  if (bytes.length > limits.deviceIdBytes) refuse('device id too long');
  const text = latin1From(bytes);
  return devicePattern.test(text) ? (text as DeviceId) : refuse('device id is not one');
}

export function readPosition(wire: WirePosition | undefined, what: string): IndexPosition {
  const position = present(wire, what);
  return {
    epoch: readHex<EpochId>(position.epoch, 8, 'epoch'),
    sequence: readSafe(position.sequence, 'sequence'),
    hash: readHex(position.hash, 32, 'rolling hash'),
  };
}

export function readSafe(value: number, what: string): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(`${what} out of range`);
}

/** Milliseconds since 1970-01-01, within what a date can be (ECMA-262, 21.4.1.1): it is shown to people. */
export function readTime(value: number, what: string): number {
  return readBetween(readSafe(value, what), 0, 8_640_000_000_000_000, what);
}

export function readBetween(value: number, least: number, most: number, what: string): number {
  return value >= least && value <= most ? value : refuse(`${what} out of range`);
}

/** Bytes between one and a limit: a record, an envelope, a cursor. */
export function readSome(bytes: Uint8Array, limitBytes: number, what: string): Uint8Array {
  if (bytes.length === 0) refuse(`${what} is empty`);
  return bytes.length <= limitBytes ? bytes : refuse(`${what} too large`);
}

/** What an enum's name on the wire stands for; the unspecified value stands for nothing. */
export function readName<T>(names: ReadonlyMap<string, T>, name: string, what: string): T {
  const value = names.get(name);
  return value === undefined ? refuse(`${what} is missing`) : value;
}

export function latin1From(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
