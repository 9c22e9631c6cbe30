/** Folder announcements between their domain and wire forms. Layout: SPEC.md, "folders". */
import type { EpochId, StoreId } from '@holdfast/model';
import { assert } from '@holdfast/platform';
import { type WireFolder, type WireFolders, WireMode } from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import { massChangesFrom, wireMassChangesOf } from './mass-change-conversion.js';
import type { FolderAnnouncement, FolderMode, FoldersMessage } from './messages.js';
import { proofsFrom, wireProofsOf } from './proof-conversion.js';
import {
  readFolderId,
  readHex,
  readName,
  readPosition,
  readSafe,
  readText,
} from './wire-reading.js';
import {
  writeCount,
  writeFolderId,
  writeHex,
  writePosition,
  writeSafe,
  writeText,
} from './wire-writing.js';

const wireModes: Readonly<Record<FolderMode, WireMode>> = {
  'send-receive': WireMode.MODE_SEND_RECEIVE,
  'send-only': WireMode.MODE_SEND_ONLY,
  'receive-only': WireMode.MODE_RECEIVE_ONLY,
};
const modes: ReadonlyMap<string, FolderMode> = new Map([
  [WireMode.MODE_SEND_RECEIVE, 'send-receive'],
  [WireMode.MODE_SEND_ONLY, 'send-only'],
  [WireMode.MODE_RECEIVE_ONLY, 'receive-only'],
]);

export function wireFoldersOf(message: FoldersMessage): WireFolders {
  writeCount(message.folders, limits.folders, 'folders');
  return { folders: message.folders.map(wireFolderOf) };
}

function wireFolderOf(folder: FolderAnnouncement): WireFolder {
  assert(folder.epoch === folder.position.epoch, 'a position of the announced epoch');
  const { seen, archive } = folder;
  return {
    folderId: writeFolderId(folder.folderId),
    label: writeText(folder.label, limits.labelBytes, 'label'),
    accepted: folder.accepted,
    epoch: writeHex(folder.epoch, 8),
    position: writePosition(folder.position),
    ...(seen === undefined ? {} : { seen: writePosition(seen) }),
    ...(archive === undefined
      ? {}
      : {
          archive: {
            storeId: writeHex(archive.storeId, 8),
            generation: writeSafe(archive.generation),
          },
        }),
    mode: wireModes[folder.mode],
    massChanges: wireMassChangesOf(folder.massChanges),
    proofs: wireProofsOf(folder.proofs),
  };
}

export function foldersFrom(wire: WireFolders): FoldersMessage {
  const folders = wire.folders.map(folderFrom);
  const distinct = new Set(folders.map((folder) => folder.folderId));
  if (distinct.size !== folders.length) refuse('a folder announced twice');
  return { type: 'folders', folders };
}

function folderFrom(wire: WireFolder): FolderAnnouncement {
  const epoch = readHex<EpochId>(wire.epoch, 8, 'epoch');
  const position = readPosition(wire.position, 'position');
  if (position.epoch !== epoch) refuse('a position of another epoch');
  return {
    folderId: readFolderId(wire.folderId),
    label: readText(wire.label, limits.labelBytes, 'label'),
    accepted: wire.accepted,
    epoch,
    position,
    ...(wire.seen === undefined ? {} : { seen: readPosition(wire.seen, 'seen position') }),
    ...(wire.archive === undefined
      ? {}
      : {
          archive: {
            storeId: readHex<StoreId>(wire.archive.storeId, 8, 'store id'),
            generation: readSafe(wire.archive.generation, 'generation'),
          },
        }),
    mode: readName(modes, wire.mode, 'mode'),
    massChanges: massChangesFrom(wire.massChanges),
    proofs: proofsFrom(wire.proofs),
  };
}
