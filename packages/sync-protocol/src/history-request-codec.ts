/** Questions to an archive's history as frames. Layout: SPEC.md, "History channel". */
import {
  type FolderPath,
  folderPathFrom,
  type HistoryMoment,
  type HistoryQuery,
  maxPathBytes,
} from '@holdfast/model';
import { assert } from '@holdfast/platform';
import {
  WireHistoryRequest,
  type WireListQuery,
  type WireLogQuery,
  type WireMoment,
  type WireVersionsQuery,
} from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import type { HistoryRequest } from './messages.js';
import {
  latin1From,
  present,
  readBetween,
  readFolderId,
  readFrame,
  readSafe,
  readSome,
  readTime,
} from './wire-reading.js';
import {
  type WireBytes,
  writeBetween,
  writeFolderId,
  writeFrame,
  writeSafe,
  writeSome,
} from './wire-writing.js';

const prefixPattern = /^[0-9a-f]{8,64}$/;

export function encodeHistoryRequest(request: HistoryRequest): Uint8Array {
  const folderId = writeFolderId(request.folderId);
  return writeFrame(WireHistoryRequest.encode({ folderId, ...wireQueryOf(request.query) }));
}

function wireQueryOf(query: HistoryQuery): Omit<WireHistoryRequest, 'folderId'> {
  switch (query.type) {
    case 'moment':
      return { moment: { at: wireMomentOf(query.at) } };
    case 'log':
      return { log: { path: writePath(query.path), ...wirePagingOf(query) } };
    case 'entry':
      return { entry: { path: writePath(query.path), at: wireMomentOf(query.at) } };
    case 'list':
      return {
        list: {
          directory: query.directory === '' ? Buffer.alloc(0) : writePath(query.directory),
          at: wireMomentOf(query.at),
          recursive: query.recursive,
          deleted: query.deleted,
          ...wirePagingOf(query),
        },
      };
    case 'chain':
      return { chain: { position: writeSafe(query.position) } };
    case 'versions':
      return { versions: { since: writeSafe(query.since), ...wirePagingOf(query) } };
    case 'version':
      assert(prefixPattern.test(query.prefix), 'a prefix of 8 to 64 digits');
      return {
        version: { path: writePath(query.path), prefix: Buffer.from(query.prefix, 'latin1') },
      };
  }
}

function wirePagingOf(query: { readonly cursor?: Uint8Array; readonly limit: number }): {
  cursor?: WireBytes;
  limit: number;
} {
  const limit = writeBetween(query.limit, 1, limits.historyEntries, 'limit');
  if (query.cursor === undefined) return { limit };
  return { cursor: writeSome(query.cursor, limits.cursorBytes, 'cursor'), limit };
}

function wireMomentOf(moment: HistoryMoment): WireMoment {
  switch (moment.type) {
    case 'head':
      return { head: true };
    case 'time':
      return { atMs: writeSafe(moment.atMs) };
    case 'position':
      return { position: writeSafe(moment.position) };
  }
}

function writePath(path: FolderPath): WireBytes {
  assert(folderPathFrom(path) !== undefined, 'a path in a folder');
  return Buffer.from(path, 'latin1');
}

export function decodeHistoryRequest(frame: Uint8Array): HistoryRequest {
  const wire = readFrame(frame, (bytes) => WireHistoryRequest.decode(bytes));
  return { folderId: readFolderId(wire.folderId), query: queryFrom(wire) };
}

function queryFrom(wire: WireHistoryRequest): HistoryQuery {
  if (wire.moment !== undefined) return { type: 'moment', at: momentFrom(wire.moment.at) };
  if (wire.log !== undefined) {
    return { type: 'log', path: readPath(wire.log.path), ...pagingFrom(wire.log) };
  }
  if (wire.entry !== undefined) {
    return { type: 'entry', path: readPath(wire.entry.path), at: momentFrom(wire.entry.at) };
  }
  if (wire.list !== undefined) return listFrom(wire.list);
  if (wire.chain !== undefined) {
    return { type: 'chain', position: readSafe(wire.chain.position, 'position') };
  }
  if (wire.versions !== undefined) {
    const since = readSafe(wire.versions.since, 'position');
    return { type: 'versions', since, ...pagingFrom(wire.versions) };
  }
  if (wire.version !== undefined) {
    const prefix = latin1From(wire.version.prefix);
    if (!prefixPattern.test(prefix)) refuse('prefix is not one');
    return { type: 'version', path: readPath(wire.version.path), prefix };
  }
  return refuse('no history question that this device knows');
}

function listFrom(wire: WireListQuery): HistoryQuery {
  return {
    type: 'list',
    directory: wire.directory.length === 0 ? '' : readPath(wire.directory),
    at: momentFrom(wire.at),
    recursive: wire.recursive,
    deleted: wire.deleted,
    ...pagingFrom(wire),
  };
}

function pagingFrom(wire: WireLogQuery | WireListQuery | WireVersionsQuery): {
  cursor?: Uint8Array;
  limit: number;
} {
  const limit = readBetween(wire.limit, 1, limits.historyEntries, 'limit');
  if (wire.cursor === undefined) return { limit };
  return { cursor: readSome(wire.cursor, limits.cursorBytes, 'cursor'), limit };
}

function momentFrom(wire: WireMoment | undefined): HistoryMoment {
  const moment = present(wire, 'moment');
  if (moment.head === true) return { type: 'head' };
  if (moment.atMs !== undefined) return { type: 'time', atMs: readTime(moment.atMs, 'time') };
  if (moment.position !== undefined) {
    return { type: 'position', position: readSafe(moment.position, 'position') };
  }
  return refuse('no moment that this device knows');
}

function readPath(bytes: Uint8Array): FolderPath {
  const path = folderPathFrom(latin1From(readSome(bytes, maxPathBytes, 'path')));
  return path ?? refuse('path is not one in a folder');
}
