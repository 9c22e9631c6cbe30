/**
 * Index deltas between their domain and wire forms. Layout: SPEC.md, "index-delta". Rows rise by
 * sequence; records are passed through as views.
 */
import type { EpochId } from '@holdfast/model';
import { assert } from '@holdfast/platform';
import { type WireIndexDelta, type WireIndexRow, WireRowState } from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import type { IndexDeltaMessage, IndexPosition, IndexRow, RowState } from './messages.js';
import {
  readFolderId,
  readHex,
  readName,
  readPosition,
  readSafe,
  readSome,
} from './wire-reading.js';
import {
  writeCount,
  writeFolderId,
  writeHex,
  writePosition,
  writeSafe,
  writeSome,
} from './wire-writing.js';

const states: ReadonlyMap<string, RowState> = new Map([
  [WireRowState.STATE_CURRENT, 'current'],
  [WireRowState.STATE_SIDE, 'side'],
]);

/** Tags, lengths and all of a row but its record, at their longest. */
const rowOverheadBytes = 22;

/** At least what the row takes in a delta; the sum stays within `limits.deltaRowsBytes`. */
export function indexRowBytes(row: IndexRow): number {
  return row.record.length + rowOverheadBytes;
}

export function wireIndexDeltaOf(message: IndexDeltaMessage): WireIndexDelta {
  writeCount(message.rows, limits.deltaRows, 'rows');
  assert(contradictionIn(message) === undefined, 'a delta that agrees with itself');
  return {
    folderId: writeFolderId(message.folderId),
    epoch: writeHex(message.epoch, 8),
    after: writeSafe(message.after),
    rows: message.rows.map(wireRowOf),
    more: message.more === true,
    ...(message.position === undefined ? {} : { position: writePosition(message.position) }),
  };
}

function wireRowOf(row: IndexRow): WireIndexRow {
  return {
    sequence: writeSafe(row.sequence),
    state: row.state === 'current' ? WireRowState.STATE_CURRENT : WireRowState.STATE_SIDE,
    record: writeSome(row.record, limits.recordBytes, 'record'),
    checked: row.checked,
  };
}

export function indexDeltaFrom(wire: WireIndexDelta): IndexDeltaMessage {
  const position: IndexPosition | undefined =
    wire.position === undefined ? undefined : readPosition(wire.position, 'position');
  const message: IndexDeltaMessage = {
    type: 'index-delta',
    folderId: readFolderId(wire.folderId),
    epoch: readHex<EpochId>(wire.epoch, 8, 'epoch'),
    after: readSafe(wire.after, 'after'),
    rows: wire.rows.map(rowFrom),
    ...(wire.more ? { more: true as const } : {}),
    ...(position === undefined ? {} : { position }),
  };
  const contradiction = contradictionIn(message);
  if (contradiction !== undefined) refuse(contradiction);
  return message;
}

function rowFrom(wire: WireIndexRow): IndexRow {
  return {
    sequence: readSafe(wire.sequence, 'sequence'),
    state: readName(states, wire.state, 'state'),
    record: readSome(wire.record, limits.recordBytes, 'record'),
    checked: wire.checked,
  };
}

function contradictionIn(message: IndexDeltaMessage): string | undefined {
  let previous = message.after;
  for (const row of message.rows) {
    if (row.sequence <= previous) return 'rows out of order';
    previous = row.sequence;
  }
  if (message.position === undefined) return undefined;
  if (message.position.epoch !== message.epoch) return 'a position of another epoch';
  return message.position.sequence < previous ? 'a position before its rows' : undefined;
}
