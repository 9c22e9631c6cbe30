import {
  decodeBlockResponse,
  decodeControl,
  encodeControl,
  encodeHistoryAnswer,
  historyEntryBytes,
  indexRowBytes,
  limits,
} from '@holdfast/sync-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockResponseFrame } from './block-response-frame.js';
import { historyEntry } from './message-arbitraries.js';
import { messageKinds } from './message-kinds.js';

describe.each(messageKinds)('$name', (kind) => {
  test('come back as they were sent', () => {
    fc.assert(
      fc.property(kind.sample, ({ message, frame }) => {
        expect(plain(kind.decode(frame))).toEqual(plain(message));
      }),
      { numRuns: 300 },
    );
  });

  test('are read alike from a view in the middle of a larger buffer', () => {
    fc.assert(
      fc.property(kind.sample, fc.nat(9), ({ message, frame }, offset) => {
        const larger = new Uint8Array(frame.length + offset + 7).fill(0xff);
        larger.set(frame, offset);
        const view = larger.subarray(offset, offset + frame.length);
        expect(plain(kind.decode(view))).toEqual(plain(message));
      }),
      { numRuns: 50 },
    );
  });

  test('are read alike with fields that a later version adds', () => {
    const added = Buffer.from('fa3f03616263', 'hex');
    fc.assert(
      fc.property(kind.sample, ({ message, frame }) => {
        expect(plain(kind.decode(Buffer.concat([frame, added])))).toEqual(plain(message));
      }),
      { numRuns: 50 },
    );
  });
});

test('decoded envelopes are views on the frame, not copies', () => {
  const envelope = new Uint8Array(100_000).fill(7);
  const blocks = [{ item: 0, index: 0, envelope }];
  const frame = blockResponseFrame({ requestId: 1, blocks, missing: [], done: true });
  expect(decodeBlockResponse(frame).blocks[0]?.envelope.buffer).toBe(frame.buffer);
});

test('a response of the largest size fits into a frame', () => {
  const envelope = new Uint8Array(384);
  const blocks = Array.from({ length: 4096 }, (_, index) => ({ item: 4095, index, envelope }));
  const missing = Array.from({ length: 4096 }, () => ({ item: 4095, reason: 'gone' as const }));
  const frame = blockResponseFrame({ requestId: 0xffff_ffff, blocks, missing, done: true });
  expect(frame.length).toBeLessThanOrEqual(limits.frameBytes);
  expect(decodeBlockResponse(frame).blocks).toHaveLength(4096);
});

test('announcements of the largest size fit into a frame', () => {
  const position = {
    epoch: 'ff'.repeat(8),
    sequence: Number.MAX_SAFE_INTEGER,
    hash: 'ff'.repeat(32),
  };
  const proving = Math.floor(limits.announcedProofs / limits.folderProofs);
  const announcing = limits.announcedMassChanges / limits.massChanges;
  const folders = Array.from({ length: 1024 }, (_, at) => ({
    folderId: base32Number(at),
    label: 'x'.repeat(255),
    accepted: true,
    epoch: position.epoch,
    position,
    seen: position,
    archive: { storeId: 'ff'.repeat(8), generation: Number.MAX_SAFE_INTEGER },
    mode: 'receive-only',
    massChanges: Array.from({ length: at < announcing ? limits.massChanges : 0 }, (_, number) => ({
      id: `${number.toString(16)}${'f'.repeat(15)}`,
      holder: 'x'.repeat(limits.deviceIdBytes),
      author: 'y'.repeat(limits.deviceIdBytes),
      sinceMs: 8.64e15,
      lastMs: 8.64e15,
      deleted: Number.MAX_SAFE_INTEGER,
      rewritten: Number.MAX_SAFE_INTEGER,
      files: Number.MAX_SAFE_INTEGER,
      answer: 'rejected',
    })),
    proofs: Array.from({ length: at < proving ? limits.folderProofs : 0 }, () => ({
      kind: 'drilled',
      device: 'z'.repeat(limits.deviceIdBytes),
      storeId: 'ff'.repeat(8),
      atMs: 8.64e15,
      items: Number.MAX_SAFE_INTEGER,
      bytes: Number.MAX_SAFE_INTEGER,
      bad: Number.MAX_SAFE_INTEGER,
      tookMs: Number.MAX_SAFE_INTEGER,
      allWouldTakeMs: Number.MAX_SAFE_INTEGER,
      signature: 'ff'.repeat(64),
    })),
  }));
  const message = { type: 'folders', folders } as unknown as Parameters<typeof encodeControl>[0];
  expect(decodeControl(encodeControl(message))).toEqual(message);
});

test('trust statements of the largest size fit into a frame', () => {
  const statement = {
    issuer: 'x'.repeat(limits.deviceIdBytes),
    subject: 'y'.repeat(limits.deviceIdBytes),
    mark: 'other',
    wasMine: false,
    counter: Number.MAX_SAFE_INTEGER,
    atMs: 8.64e15,
    name: 'n'.repeat(limits.deviceNameBytes),
    addresses: Array.from({ length: limits.trustAddresses }, () => 'a'.repeat(limits.addressBytes)),
    overruled: Array.from({ length: limits.trustOverruled }, () => ({
      issuer: 'z'.repeat(limits.deviceIdBytes),
      counter: Number.MAX_SAFE_INTEGER,
    })),
    signature: 'ff'.repeat(64),
  };
  const statements = Array.from({ length: limits.trustStatements }, () => statement);
  const message = { type: 'trust', statements } as unknown as Parameters<typeof encodeControl>[0];
  expect(decodeControl(encodeControl(message))).toEqual(message);
});

test('a row never takes more of a delta than its estimate', () => {
  const rows = [1, 127, 128, 65_536].map((length, at) => ({
    sequence: Number.MAX_SAFE_INTEGER - 10 + at,
    state: 'side' as const,
    checked: true,
    record: new Uint8Array(length),
  }));
  const base = {
    type: 'index-delta',
    folderId: 'a'.repeat(16),
    epoch: 'ab'.repeat(8),
    after: 0,
  };
  const lengthWith = (some: typeof rows): number =>
    encodeControl({ ...base, rows: some } as unknown as Parameters<typeof encodeControl>[0]).length;
  for (const row of rows) {
    const growth = lengthWith([row]) - lengthWith([]);
    expect(growth).toBeLessThanOrEqual(indexRowBytes(row) + 3);
    expect(indexRowBytes(row) - growth).toBeLessThan(20);
  }
  const record = new Uint8Array(65_536);
  const largest = { sequence: 1, state: 'side' as const, checked: true, record };
  const count = Math.floor(limits.deltaRowsBytes / indexRowBytes(largest));
  const many = Array.from({ length: count }, (_, at) => ({ ...largest, sequence: at + 1 }));
  expect(lengthWith(many)).toBeLessThanOrEqual(limits.frameBytes);
});

test('an entry never takes more of a page than its estimate', () => {
  const page = { storeId: 'ab'.repeat(8), generation: 1, position: 1 };
  const lengthWith = (entries: readonly unknown[]): number =>
    encodeHistoryAnswer({ type: 'page', page: { ...page, entries } } as unknown as Parameters<
      typeof encodeHistoryAnswer
    >[0]).length;
  const empty = lengthWith([]);
  fc.assert(
    fc.property(historyEntry, (entry) => {
      expect(lengthWith([entry]) - empty).toBeLessThanOrEqual(historyEntryBytes(entry) + 4);
    }),
  );
});

test('the message of an error is cut and put on one line rather than refused', () => {
  const message = `line one\nline two ${'ü'.repeat(2000)}`;
  const frame = encodeControl({ type: 'error', code: 'disk_full', message });
  const decoded = decodeControl(frame);
  const text = decoded.type === 'error' ? decoded.message : '';
  expect(text.startsWith('line one line two üü')).toBe(true);
  expect(Buffer.byteLength(text)).toBeGreaterThan(1000);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024);
});

function base32Number(value: number): string {
  return value.toString(2).padStart(16, '0').replaceAll('0', 'a').replaceAll('1', 'b');
}

/** Buffers and plain byte arrays compare alike as hexadecimal digits. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, plain(it)]));
}
