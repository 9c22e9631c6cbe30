/** Golden vectors of FORMAT.md: bytes that every version of the program must read and write. */
import {
  bytesFromHex,
  type DeviceId,
  type FolderId,
  type FolderPath,
  hexFrom,
  type StoredId,
  type StoreId,
  type VersionId,
} from '@holdfast/model';
import { describe, expect, test } from 'vitest';
import {
  decodeLogEntry,
  encodeLogEntry,
  type GenesisEntry,
  headAfter,
  headBeforeGenesis,
  pathTokenOf,
  type VersionEntry,
} from '../src/log-entry.js';
import type { SettledEntry, ThinnedEntry } from '../src/thin-entry.js';
import { hash } from './archive-world.js';

const genesis: GenesisEntry = {
  kind: 'genesis',
  storeId: '0102030405060708' as StoreId,
  generation: 1,
  formatMajor: 1,
  requiredFeatures: 0,
  createdAtMs: 1_700_000_000_000,
};

const entry: VersionEntry = {
  kind: 'version',
  folder: 'abcdefghijklmnop' as FolderId,
  versionId: '11'.repeat(32) as VersionId,
  pathToken: '22'.repeat(16),
  becameCurrent: true,
  supersedes: '33'.repeat(32) as VersionId,
  author: '12D3KooWLaptop' as DeviceId,
  sender: '12D3KooWDesktop' as DeviceId,
  receivedAtMs: 1_700_000_000_001,
  bootId: '44'.repeat(16),
  clockSynchronised: true,
  storedIds: ['55'.repeat(32) as StoredId],
  recordBytes: new Uint8Array([1, 2, 3]),
};

const genesisHex = [
  '01010000000000000000000000000000000000000000000000000000000000000000000000000000',
  '00000102030405060708000000010001000000000000018bcfe56800',
].join('');
const genesisHead = 'c50b3f1cbde707da2702a28d0ba47f3f94645fa288cf1c7501cffaa67967442f';
const entryHex = [
  '01020000000000000001c50b3f1cbde707da2702a28d0ba47f3f94645fa288cf1c7501cffaa67967',
  '442f6162636465666768696a6b6c6d6e6f7011111111111111111111111111111111111111111111',
  '11111111111111111111222222222222222222222222222222220733333333333333333333333333',
  '333333333333333333333333333333333333330e313244334b6f6f574c6170746f700f313244334b',
  '6f6f574465736b746f700000018bcfe5680144444444444444444444444444444444015555555555',
  '5555555555555555555555555555555555555555555555555555550003010203',
].join('');
const entryHead = '43f6d82dde44518e4859158f378acac5029e0fc2e4feaa8e96367ff2428aea15';

const thinnedHex = [
  '0103000000000000000243f6d82dde44518e4859158f378acac5029e0fc2e4feaa8e96367ff2428a',
  'ea156162636465666768696a6b6c6d6e6f700000018bcfe568024444444444444444444444444444',
  '4444020000018bcfe56803076461696c793d37021111111111111111111111111111111111111111',
  '11111111111111111111111166666666666666666666666666666666666666666666666666666666',
  '66666666',
].join('');
const settledHex = [
  '0104000000000000000243f6d82dde44518e4859158f378acac5029e0fc2e4feaa8e96367ff2428a',
  'ea150000018bcfe56802444444444444444444444444444444440202010000000000000002',
].join('');

describe('golden vectors of the history log', () => {
  test('the first entry and its head', () => {
    const bytes = encodeLogEntry({ position: 0, previousHead: headBeforeGenesis }, genesis);
    expect(hexFrom(bytes)).toBe(genesisHex);
    expect(headAfter(headBeforeGenesis, bytes, hash)).toBe(genesisHead);
    expect(decodeLogEntry(bytesFromHex(genesisHex)).entry).toEqual(genesis);
  });

  test('an entry and its head', () => {
    const link = { position: 1, previousHead: genesisHead };
    const bytes = encodeLogEntry(link, entry);
    expect(hexFrom(bytes)).toBe(entryHex);
    expect(headAfter(genesisHead, bytes, hash)).toBe(entryHead);
    expect(decodeLogEntry(bytesFromHex(entryHex))).toEqual({ link, entry });
  });

  test('a path token', () => {
    const path = 'a/\xe4.txt' as FolderPath;
    expect(pathTokenOf(genesis.storeId, entry.folder, path, hash)).toBe(
      'ea37ce454ebeed4ff3f99c60ceb47332',
    );
  });
});

describe('golden vectors of thinning', () => {
  const link = { position: 2, previousHead: entryHead };
  const time = { atMs: 1_700_000_000_002, bootId: '44'.repeat(16), clockSynchronised: true };

  test('an entry that thins two versions', () => {
    const thinned: ThinnedEntry = {
      kind: 'thinned',
      folder: entry.folder,
      ...time,
      freeFromMs: 1_700_000_000_003,
      rules: 'daily=7',
      versionIds: [entry.versionId, '66'.repeat(32) as VersionId],
    };
    expect(hexFrom(encodeLogEntry(link, thinned))).toBe(thinnedHex);
    expect(decodeLogEntry(bytesFromHex(thinnedHex))).toEqual({ link, entry: thinned });
  });

  test('an entry that says what became of it', () => {
    const settled: SettledEntry = {
      kind: 'thinning-settled',
      ...time,
      outcome: 'freed',
      positions: [2],
    };
    expect(hexFrom(encodeLogEntry(link, settled))).toBe(settledHex);
    expect(decodeLogEntry(bytesFromHex(settledHex))).toEqual({ link, entry: settled });
    const withdrawn: SettledEntry = { ...settled, outcome: 'withdrawn' };
    expect(decodeLogEntry(encodeLogEntry(link, withdrawn)).entry).toEqual(withdrawn);
  });
});

describe('an entry', () => {
  const link = { position: 5, previousHead: genesisHead };

  test('without what it supersedes, flags and blocks survives', () => {
    const bare: VersionEntry = {
      ...entry,
      supersedes: undefined,
      becameCurrent: false,
      clockSynchronised: false,
      storedIds: [],
    };
    expect(decodeLogEntry(encodeLogEntry(link, bare))).toEqual({ link, entry: bare });
  });

  test('of a newer layout, kind or body codec is refused as unknown', () => {
    const bytes = encodeLogEntry(link, entry);
    const codecAt = bytes.length - entry.recordBytes.length - 2;
    for (const at of [0, 1, codecAt]) {
      const newer = bytes.with(at, 9);
      expect(() => decodeLogEntry(newer)).toThrow(
        expect.objectContaining({ code: 'store_format_unknown' }),
      );
    }
  });

  test('that ends too early or too late is malformed', () => {
    const bytes = encodeLogEntry(link, entry);
    for (const wrong of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.alloc(1)])]) {
      expect(() => decodeLogEntry(wrong)).toThrow(
        expect.objectContaining({ code: 'malformed_bytes' }),
      );
    }
  });
});
