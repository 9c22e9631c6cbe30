/** One folder's index over a memory database, with versions to put into it. */
import { FolderIndex, type IndexPolicy, localCurrent } from '@holdfast/folder-index';
import {
  type ActorId,
  type ContentId,
  type DeviceId,
  type FileRecord,
  type FolderId,
  type FolderPath,
  type Hash,
  hexFrom,
  type Version,
  versionOf,
} from '@holdfast/model';
import type { KeyValueStore } from '@holdfast/platform';
import {
  MemoryDatabase,
  MemoryKeyValueStore,
  nativeBlake3,
  SeededRandom,
} from '@holdfast/simulation';

export const hash: Hash = (bytes) => nativeBlake3.blake3(bytes);
export const laptop = '12D3KooWLaptop' as DeviceId;
export const desktop = '12D3KooWDesktop' as DeviceId;
const folder = 'photosphotosphot' as FolderId;
export const pathOf = (text: string) => text as FolderPath;

/** Needs every path that some other device shows and this one does not. */
export const needsWhatOthersShow: IndexPolicy = {
  queuesOffers: false,
  needOf(entry) {
    const local = localCurrent(entry)?.version.id;
    const wanted = entry.rows.find((row) => row.peers.some((peer) => peer.state === 'current'));
    if (wanted === undefined || wanted.version.id === local) return undefined;
    const { record } = wanted.version;
    return { bytes: record.kind === 'file' ? record.sizeBytes : 0 };
  },
};

export const needsNothing: IndexPolicy = { queuesOffers: false, needOf: () => undefined };
export const queuesEverything: IndexPolicy = { queuesOffers: true, needOf: () => undefined };

export interface OpenOptions {
  readonly database?: MemoryDatabase;
  readonly policy?: IndexPolicy;
  /** Another one gives another epoch where one is begun. */
  readonly seed?: string;
  readonly wasBegun?: boolean;
  readonly waitsAfterLoss?: boolean;
  readonly wrap?: (store: KeyValueStore) => KeyValueStore;
}

export function openIndex(options: OpenOptions = {}): Promise<FolderIndex> {
  const store = new MemoryKeyValueStore(options.database ?? new MemoryDatabase());
  return FolderIndex.open({
    store: options.wrap?.(store) ?? store,
    folder,
    hash,
    random: new SeededRandom(options.seed ?? 'index'),
    policy: options.policy ?? needsNothing,
    wasBegun: options.wasBegun ?? false,
    waitsAfterLoss: options.waitsAfterLoss ?? false,
  });
}

const actor = '00112233445566aa' as ActorId;

/** A file of `sizeBytes` made-up bytes; the same arguments give the same version. */
export function fileVersion(path: string, counter: number, sizeBytes = 10): Version {
  const contentId = hexFrom(hash(Buffer.from(`${path} ${counter}`))) as ContentId;
  const record: FileRecord = {
    kind: 'file',
    path: pathOf(path),
    vector: [{ actor, counter }],
    author: laptop,
    sizeBytes,
    mtimeNs: 5n,
    permissions: 0o644,
    chunker: 'fastcdc-256k',
    blocks: {
      depth: 0,
      entries: sizeBytes === 0 ? [] : [{ contentId, lengthBytes: sizeBytes }],
    },
  };
  return versionOf(record, hash);
}

export function tombstoneVersion(path: string, counter: number): Version {
  const vector = [{ actor, counter }];
  return versionOf({ kind: 'tombstone', path: pathOf(path), vector, author: laptop }, hash);
}
