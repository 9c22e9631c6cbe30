import { readFileSync } from 'node:fs';
import {
  type DeviceId,
  decodeVersion,
  encodeRecord,
  type FolderId,
  hexFrom,
  type StoreId,
  type VersionId,
} from '@holdfast/model';
import {
  decodeBlockRequest,
  decodeBlockResponse,
  decodeControl,
  decodeHistoryAnswer,
  decodeHistoryRequest,
  decodeInvite,
  decodePairAnswer,
  decodePairRequest,
  emptyRollingHash,
  encodeBlockRequest,
  encodeControl,
  encodeHistoryAnswer,
  encodeHistoryRequest,
  encodeInvite,
  encodePairAnswer,
  encodePairRequest,
  nextRollingHash,
  signedProofBytes,
  signedTrustBytes,
} from '@holdfast/sync-protocol';
import { describe, expect, test } from 'vitest';
import { blake3 } from './blake3.js';
import { blockResponseFrame } from './block-response-frame.js';
import * as golden from './golden-messages.js';
import { goldenRecords } from './golden-records.js';
import { introduction } from './golden-trust.js';

/** Both directions: what is sent, and that what was read means the same. */
function expectGolden<T>(
  { value, hex }: golden.Golden<T>,
  encode: (value: T) => Uint8Array,
  decode: (frame: Uint8Array) => T,
): void {
  expect(hexOf(encode(value))).toBe(hex);
  expect(hexOf(encode(decode(Buffer.from(hex, 'hex'))))).toBe(hex);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

test.each(golden.controlMessages)('the frame of $name is fixed', (vector) => {
  expectGolden(vector, encodeControl, decodeControl);
});

test('the frames of the blocks channel are fixed', () => {
  expectGolden(golden.blockRequest, encodeBlockRequest, decodeBlockRequest);
  expectGolden(golden.blockResponse, blockResponseFrame, decodeBlockResponse);
});

test('the frames of the history channel are fixed', () => {
  expectGolden(golden.historyRequest, encodeHistoryRequest, decodeHistoryRequest);
  expectGolden(golden.versionsRequest, encodeHistoryRequest, decodeHistoryRequest);
  for (const answer of golden.historyAnswers) {
    expectGolden(answer, encodeHistoryAnswer, decodeHistoryAnswer);
  }
});

test('the frames of the pairing channel are fixed', () => {
  expectGolden(golden.pairRequest, encodePairRequest, decodePairRequest);
  expectGolden(golden.pairAnswer, encodePairAnswer, decodePairAnswer);
});

test('the text of an invite is fixed', () => {
  const { value, text } = golden.invite;
  expect(encodeInvite(value, blake3)).toBe(text);
  expect(encodeInvite(decodeInvite(text, blake3), blake3)).toBe(text);
});

describe.each(goldenRecords)('the shared record of a $record.kind', (vector) => {
  test('has fixed bytes', () => {
    expect(hexOf(encodeRecord(vector.record))).toBe(vector.hex);
  });

  test('has a fixed version id', () => {
    const version = decodeVersion(Buffer.from(vector.hex, 'hex'), blake3);
    expect(version.id).toBe(vector.versionId);
    expect(version.record).toEqual(vector.record);
  });
});

test('the rolling hash over the records is fixed', () => {
  let rolling = emptyRollingHash;
  for (const { versionId, rollingHash } of goldenRecords) {
    rolling = nextRollingHash(rolling, versionId as VersionId, blake3);
    expect(rolling).toBe(rollingHash);
  }
});

test('the hash is BLAKE3: its official vector of the empty input', () => {
  expect(hexOf(blake3(new Uint8Array(0)))).toBe(
    'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
  );
});

test('SPEC.md gives the same version ids, rolling hashes and invite', () => {
  const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8').replace(/\s+/g, '');
  for (const { versionId, rollingHash } of goldenRecords) {
    expect(spec).toContain(versionId);
    expect(spec).toContain(rollingHash);
  }
  expect(spec).toContain(golden.invite.text);
});

test('what a device signs of another device', () => {
  expect(hexFrom(signedTrustBytes(introduction))).toBe(
    [
      '1a686f6c64666173742074727573742073746174656d656e74203110313244334b6f6f57616263646566',
      '676810313244334b6f6f5768696a6b6d6e6f7001000000000000012c0000018bcfe5680007c581617074',
      '6f70011a2f6970342f3139322e3136382e312e372f7463702f32323630300110313244334b6f6f577172',
      '737475767778000000000000000700',
    ].join(''),
  );
});

test('what a device signs of a proof', () => {
  const proof = {
    kind: 'drilled' as const,
    device: '12D3KooWabcdefgh' as DeviceId,
    storeId: '1112131415161718' as StoreId,
    atMs: 1_700_000_000_000,
    items: 100,
    bytes: 5_000_000,
    bad: 0,
    tookMs: 1500,
    allWouldTakeMs: 600_000,
  };
  expect(hexFrom(signedProofBytes('abcdefghijklmnop' as FolderId, proof))).toBe(
    [
      '18686f6c646661737420617263686976652070726f6f662031106162636465666768696a6b6c6d6e6f7002',
      '10313244334b6f6f57616263646566676811121314151617180000018bcfe5680000000000000000640000',
      '0000004c4b40000000000000000000000000000005dc00000000000927c0',
    ].join(''),
  );
});
