/** History requests and answers as frames. Layout: SPEC.md, "History channel". */
import type { HistoryEntry, HistoryPage, StoreId, VersionId } from '@holdfast/model';
import { assert } from '@holdfast/platform';
import {
  WireHistoryAnswer,
  type WireHistoryEntry,
  type WireHistoryPage,
} from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import type { HistoryAnswer } from './messages.js';
import {
  readCode,
  readDeviceId,
  readFrame,
  readHex,
  readSafe,
  readSome,
  readText,
  readTime,
} from './wire-reading.js';
import {
  writeCode,
  writeCount,
  writeDeviceId,
  writeErrorText,
  writeFrame,
  writeHex,
  writeSafe,
  writeSome,
} from './wire-writing.js';

/** Everything of an entry but its record and sender, at its longest. */
const entryOverheadBytes = 70;

/** At least what the entry takes in a page; the sum stays within `limits.historyEntriesBytes`. */
export function historyEntryBytes(entry: HistoryEntry): number {
  return entry.recordBytes.length + entry.sender.length + entryOverheadBytes;
}

export function encodeHistoryAnswer(answer: HistoryAnswer): Uint8Array {
  return writeFrame(
    WireHistoryAnswer.encode(
      answer.type === 'page'
        ? { page: wirePageOf(answer.page) }
        : { error: { code: writeCode(answer.code), message: writeErrorText(answer.message) } },
    ),
  );
}

function wirePageOf(page: HistoryPage): WireHistoryPage {
  writeCount(page.entries, limits.historyEntries, 'entries');
  const bytes = page.entries.reduce((sum, entry) => sum + historyEntryBytes(entry), 0);
  assert(bytes <= limits.historyEntriesBytes, 'entries within the limit of a page');
  return {
    storeId: writeHex(page.storeId, 8),
    generation: writeSafe(page.generation),
    position: writeSafe(page.position),
    entries: page.entries.map(wireEntryOf),
    ...(page.head === undefined ? {} : { head: writeHex(page.head, 32) }),
    ...(page.next === undefined
      ? {}
      : { next: writeSome(page.next, limits.cursorBytes, 'cursor') }),
  };
}

function wireEntryOf(entry: HistoryEntry): WireHistoryEntry {
  return {
    position: writeSafe(entry.position),
    versionId: writeHex(entry.versionId, 32),
    record: writeSome(entry.recordBytes, limits.recordBytes, 'record'),
    receivedAtMs: writeSafe(entry.receivedAtMs),
    clockSynchronised: entry.clockSynchronised,
    becameCurrent: entry.becameCurrent,
    thinned: entry.thinned,
    sender: writeDeviceId(entry.sender),
  };
}

/** The entries' records are views on the frame. */
export function decodeHistoryAnswer(frame: Uint8Array): HistoryAnswer {
  const decodeLimits = { page: { entries: limits.historyEntries } };
  const wire = readFrame(frame, (bytes) =>
    WireHistoryAnswer.decode(bytes, { limits: decodeLimits }),
  );
  if (wire.page !== undefined) return { type: 'page', page: pageFrom(wire.page) };
  if (wire.error !== undefined) {
    return {
      type: 'error',
      code: readCode(wire.error.code),
      message: readText(wire.error.message, limits.errorMessageBytes, 'error message'),
    };
  }
  return refuse('no history answer that this device knows');
}

function pageFrom(wire: WireHistoryPage): HistoryPage {
  return {
    storeId: readHex<StoreId>(wire.storeId, 8, 'store id'),
    generation: readSafe(wire.generation, 'generation'),
    position: readSafe(wire.position, 'position'),
    entries: wire.entries.map(entryFrom),
    ...(wire.head === undefined ? {} : { head: readHex(wire.head, 32, 'head') }),
    ...(wire.next === undefined ? {} : { next: readSome(wire.next, limits.cursorBytes, 'cursor') }),
  };
}

function entryFrom(wire: WireHistoryEntry): HistoryEntry {
  return {
    position: readSafe(wire.position, 'position'),
    versionId: readHex<VersionId>(wire.versionId, 32, 'version id'),
    recordBytes: readSome(wire.record, limits.recordBytes, 'record'),
    receivedAtMs: readTime(wire.receivedAtMs, 'time'),
    clockSynchronised: wire.clockSynchronised,
    becameCurrent: wire.becameCurrent,
    thinned: wire.thinned,
    sender: readDeviceId(wire.sender),
  };
}
