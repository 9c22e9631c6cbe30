/** One path as a device’s disk and others show it, for tests of what is made of an observation. */
import { emptyEntry, localCurrent, type PathEntry, withPeerRow } from '@holdfast/folder-index';
import type { Observation } from '@holdfast/folder-scanner';
import {
  type ActorId,
  type ContentId,
  type DeviceId,
  type FileContentRecord,
  hexFrom,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import type { FileStat } from '@holdfast/platform';
import { context, hash, pathOf } from './scan-world.js';

export const elsewhere = '12D3KooWDesktop' as DeviceId;
export const other = '00000000000000bb' as ActorId;
export const mtimeNs = 1_700_000_000_123_456_789n;
export const path = pathOf('notes.txt');

function blocksOf(text: string) {
  const contentId = hexFrom(hash(Buffer.from(text))) as ContentId;
  return { depth: 0, entries: [{ contentId, lengthBytes: text.length }] };
}

export function statOf(text: string, more: Partial<FileStat> = {}): FileStat {
  const kind = 'file';
  const base = { kind, sizeBytes: text.length, mtimeNs, ctimeNs: 50n, permissions: 0o644 } as const;
  return { ...base, deviceNumber: 1n, inode: 7n, ...more };
}

export const file = (text: string, more: Partial<FileStat> = {}): Observation => ({
  type: 'file',
  stat: statOf(text, more),
  blocks: blocksOf(text),
  racy: false,
});

export function fileVersion(
  text: string,
  vector: VersionVector,
  more: Partial<FileContentRecord> = {},
): Version {
  const record: FileContentRecord = {
    kind: 'file',
    path,
    vector,
    author: elsewhere,
    sizeBytes: text.length,
    mtimeNs,
    permissions: 0o644,
    chunker: 'fastcdc-256k',
    blocks: blocksOf(text),
    ...more,
  };
  return versionOf(record, hash);
}

export const heard = (entry: PathEntry, version: Version) =>
  withPeerRow(entry, version, { device: elsewhere, state: 'current', sequence: 1 });
export const idOf = (entry: PathEntry) => localCurrent(entry)?.version.id;
export const recordOf = (entry: PathEntry) => localCurrent(entry)?.version.record;
export const mine = (counter: number) => [{ actor: context.actor, counter }];
export const theirs = (counter: number) => [{ actor: other, counter }];
export const empty = emptyEntry(path);
