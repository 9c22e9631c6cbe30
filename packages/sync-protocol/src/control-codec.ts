/**
 * The control channel's messages as frames. Layout: SPEC.md, "Control channel". A hello is judged
 * by its major version before anything else in it is read.
 */
import type { StoreId, VersionId } from '@holdfast/model';
import { assert } from '@holdfast/platform';
import { missingFeatures, supportedFeatures } from './feature-bits.js';
import { foldersFrom, wireFoldersOf } from './folders-conversion.js';
import {
  WireControl,
  type WireError,
  type WireHello,
  type WireProgress,
  type WireReceipt,
} from './generated/wire.js';
import { indexDeltaFrom, wireIndexDeltaOf } from './index-delta-conversion.js';
import { limits } from './limits.js';
import { incompatibleError, refuse } from './malformed.js';
import {
  type ControlMessage,
  type DeviceTrouble,
  type ErrorMessage,
  type HelloMessage,
  type ProgressMessage,
  protocolMajor,
  type ReceiptMessage,
} from './messages.js';
import { trustFrom, wireTrustOf } from './trust-conversion.js';
import {
  readAddresses,
  readCode,
  readFolderId,
  readFrame,
  readHex,
  readPosition,
  readSafe,
  readText,
} from './wire-reading.js';
import {
  writeAddresses,
  writeCode,
  writeCount,
  writeErrorText,
  writeFolderId,
  writeFrame,
  writeHex,
  writePosition,
  writeSafe,
  writeText,
} from './wire-writing.js';

const decodeLimits = {
  hello: { addresses: limits.addresses },
  folders: {
    folders: limits.folders,
    folders$: { massChanges: limits.massChanges, proofs: limits.folderProofs },
  },
  indexDelta: { rows: limits.deltaRows },
  receipt: { exceptions: limits.receiptExceptions },
  trust: {
    statements: limits.trustStatements,
    statements$: { addresses: limits.trustAddresses, overruled: limits.trustOverruled },
  },
};

export function encodeControl(message: ControlMessage): Uint8Array {
  return writeFrame(WireControl.encode(wireOf(message)));
}

/**
 * Throws `message_malformed`, or `protocol_incompatible` for a hello of another major version or
 * with a required feature that this device lacks.
 */
export function decodeControl(frame: Uint8Array): ControlMessage {
  const wire = readFrame(frame, (bytes) => WireControl.decode(bytes, { limits: decodeLimits }));
  if (wire.hello !== undefined) return helloFrom(wire.hello);
  if (wire.folders !== undefined) return foldersFrom(wire.folders);
  if (wire.indexDelta !== undefined) return indexDeltaFrom(wire.indexDelta);
  if (wire.progress !== undefined) return progressFrom(wire.progress);
  if (wire.receipt !== undefined) return receiptFrom(wire.receipt);
  if (wire.error !== undefined) return errorFrom(wire.error);
  if (wire.trust !== undefined) return trustFrom(wire.trust);
  return refuse('no control message that this device knows');
}

function wireOf(message: ControlMessage): WireControl {
  switch (message.type) {
    case 'hello':
      return { hello: wireHelloOf(message) };
    case 'folders':
      return { folders: wireFoldersOf(message) };
    case 'index-delta':
      return { indexDelta: wireIndexDeltaOf(message) };
    case 'progress':
      return { progress: wireProgressOf(message) };
    case 'receipt':
      return { receipt: wireReceiptOf(message) };
    case 'error':
      return { error: wireErrorOf(message) };
    case 'trust':
      return { trust: wireTrustOf(message) };
  }
}

function wireHelloOf(hello: HelloMessage): WireHello {
  const { requiredFeatures: required, supportedFeatures: supported } = hello;
  assert(BigInt.asUintN(64, required) === required, 'required features of 64 bits');
  assert(BigInt.asUintN(64, supported) === supported, 'supported features of 64 bits');
  assert(missingFeatures(required, supported) === 0n, 'required features that are supported');
  return {
    protocolMajor: hello.protocolMajor,
    requiredFeatures: required,
    supportedFeatures: supported,
    deviceName: writeText(hello.deviceName, limits.deviceNameBytes, 'device name'),
    softwareVersion: writeText(hello.softwareVersion, limits.softwareVersionBytes, 'version'),
    addresses: writeAddresses(hello.addresses),
  };
}

function helloFrom(wire: WireHello): HelloMessage {
  if (wire.protocolMajor !== protocolMajor) {
    throw incompatibleError(
      `the other speaks protocol version ${wire.protocolMajor}, this one version ${protocolMajor}`,
    );
  }
  // The generated reader takes the highest bit for a sign.
  const required = BigInt.asUintN(64, wire.requiredFeatures);
  const supported = BigInt.asUintN(64, wire.supportedFeatures);
  const unknown = missingFeatures(required, supportedFeatures);
  if (unknown !== 0n) {
    throw incompatibleError(`the other requires features 0x${unknown.toString(16)}`);
  }
  if (missingFeatures(required, supported) !== 0n) refuse('required features not supported');
  return {
    type: 'hello',
    protocolMajor,
    requiredFeatures: required,
    supportedFeatures: supported,
    deviceName: readText(wire.deviceName, limits.deviceNameBytes, 'device name'),
    softwareVersion: readText(wire.softwareVersion, limits.softwareVersionBytes, 'version'),
    addresses: readAddresses(wire.addresses),
  };
}

function wireProgressOf(message: ProgressMessage): WireProgress {
  return {
    folderId: writeFolderId(message.folderId),
    seen: writePosition(message.seen),
    sequence: writeSafe(message.sequence),
    needFiles: writeSafe(message.needFiles),
    needBytes: writeSafe(message.needBytes),
    trouble: message.trouble === undefined ? 0 : troubles.indexOf(message.trouble) + 1,
  };
}

/** In the order of their numbers, from 1. A newer device may know more of them. */
const troubles: readonly DeviceTrouble[] = ['disk-full', 'disk-failed', 'content-lost'];

function troubleFrom(number: number): { trouble?: DeviceTrouble } {
  return number === 0 ? {} : { trouble: troubles[number - 1] ?? 'disk-failed' };
}

function progressFrom(wire: WireProgress): ProgressMessage {
  return {
    type: 'progress',
    folderId: readFolderId(wire.folderId),
    seen: readPosition(wire.seen, 'seen position'),
    sequence: readSafe(wire.sequence, 'sequence'),
    needFiles: readSafe(wire.needFiles, 'needed files'),
    needBytes: readSafe(wire.needBytes, 'needed bytes'),
    ...troubleFrom(wire.trouble),
  };
}

function wireReceiptOf(message: ReceiptMessage): WireReceipt {
  writeCount(message.exceptions, limits.receiptExceptions, 'exceptions');
  return {
    folderId: writeFolderId(message.folderId),
    storeId: writeHex(message.storeId, 8),
    generation: writeSafe(message.generation),
    position: writePosition(message.position),
    exceptions: message.exceptions.map((versionId) => writeHex(versionId, 32)),
    logPosition: writeSafe(message.logPosition),
    logHead: writeHex(message.logHead, 32),
  };
}

function receiptFrom(wire: WireReceipt): ReceiptMessage {
  return {
    type: 'receipt',
    folderId: readFolderId(wire.folderId),
    storeId: readHex<StoreId>(wire.storeId, 8, 'store id'),
    generation: readSafe(wire.generation, 'generation'),
    position: readPosition(wire.position, 'position'),
    exceptions: wire.exceptions.map((bytes) => readHex<VersionId>(bytes, 32, 'version id')),
    logPosition: readSafe(wire.logPosition, 'log position'),
    logHead: readHex(wire.logHead, 32, 'log head'),
  };
}

function wireErrorOf(message: ErrorMessage): WireError {
  return {
    code: writeCode(message.code),
    message: writeErrorText(message.message),
    ...(message.folderId === undefined ? {} : { folderId: writeFolderId(message.folderId) }),
  };
}

function errorFrom(wire: WireError): ErrorMessage {
  return {
    type: 'error',
    code: readCode(wire.code),
    message: readText(wire.message, limits.errorMessageBytes, 'error message'),
    ...(wire.folderId === undefined ? {} : { folderId: readFolderId(wire.folderId) }),
  };
}
