/**
 * The entries of the history log about thinning: which versions their archive's user let go, when and
 * by which rules, and what became of that. Layout: FORMAT.md.
 */
import {
  type ByteReader,
  type ByteWriter,
  type FolderId,
  isFolderId,
  MalformedBytes,
  type VersionId,
} from '@holdfast/model';
import { byCount, inGroups } from '@holdfast/platform';

/** So many versions stand in one entry at most: well below what an entry may hold. */
const maxThinnedPerEntry = 8_192;
const maxSettledPerEntry = 4_096;
const maxRulesBytes = 256;
const clockSynchronisedBit = 2;
const outcomeCodes = { withdrawn: 1, freed: 2 } as const;

/** When something was done, as far as the clock was right. */
export interface EntryTime {
  readonly atMs: number;
  /** Sixteen bytes as hexadecimal digits. */
  readonly bootId: string;
  readonly clockSynchronised: boolean;
}

/** Versions of a folder are not kept any more. Their entries stay. */
export interface ThinnedEntry extends EntryTime {
  readonly kind: 'thinned';
  readonly folder: FolderId;
  /** Their content is not freed before. */
  readonly freeFromMs: number;
  /** The rules, as a person wrote them. */
  readonly rules: string;
  readonly versionIds: readonly VersionId[];
}

export type ThinningOutcome = keyof typeof outcomeCodes;

/** `withdrawn`: the versions are kept again. `freed`: from here on their content may be gone. */
export interface SettledEntry extends EntryTime {
  readonly kind: 'thinning-settled';
  readonly outcome: ThinningOutcome;
  /** Positions of the entries that thinned. */
  readonly positions: readonly number[];
}

/** As many entries as it takes. */
export function thinnedEntries(
  versionIds: readonly VersionId[],
  common: Omit<ThinnedEntry, 'kind' | 'versionIds'>,
): ThinnedEntry[] {
  return [...inGroups(versionIds, byCount(maxThinnedPerEntry))].map((some) => {
    return { kind: 'thinned', ...common, versionIds: some };
  });
}

/** As many entries as it takes. */
export function settledEntries(
  positions: readonly number[],
  common: Omit<SettledEntry, 'kind' | 'positions'>,
): SettledEntry[] {
  return [...inGroups(positions, byCount(maxSettledPerEntry))].map((some) => {
    return { kind: 'thinning-settled', ...common, positions: some };
  });
}

export function writeThinned(writer: ByteWriter, entry: ThinnedEntry): void {
  writer.raw(Buffer.from(entry.folder, 'latin1'));
  writeTime(writer, entry);
  writer.u64(entry.freeFromMs).byteString(entry.rules).varint(entry.versionIds.length);
  for (const versionId of entry.versionIds) writer.hex(versionId);
}

export function writeSettled(writer: ByteWriter, entry: SettledEntry): void {
  writeTime(writer, entry);
  writer.u8(outcomeCodes[entry.outcome]).varint(entry.positions.length);
  for (const position of entry.positions) writer.u64(position);
}

export function readThinned(reader: ByteReader): ThinnedEntry {
  const folder = Buffer.from(reader.raw(16)).toString('latin1');
  if (!isFolderId(folder)) throw new MalformedBytes('folder id is malformed');
  const time = readTime(reader);
  const freeFromMs = reader.u64();
  const rules = reader.byteString(maxRulesBytes);
  const count = reader.varint(maxThinnedPerEntry);
  const versionIds: VersionId[] = [];
  for (let at = 0; at < count; at += 1) versionIds.push(reader.hex(32) as VersionId);
  return { kind: 'thinned', folder, ...time, freeFromMs, rules, versionIds };
}

export function readSettled(reader: ByteReader): SettledEntry {
  const time = readTime(reader);
  const code = reader.u8();
  const outcomes = Object.keys(outcomeCodes) as ThinningOutcome[];
  const outcome = outcomes.find((one) => outcomeCodes[one] === code);
  if (outcome === undefined) throw new MalformedBytes('outcome is not known');
  const count = reader.varint(maxSettledPerEntry);
  const positions: number[] = [];
  for (let at = 0; at < count; at += 1) positions.push(reader.u64());
  return { kind: 'thinning-settled', ...time, outcome, positions };
}

function writeTime(writer: ByteWriter, { atMs, bootId, clockSynchronised }: EntryTime): void {
  writer
    .u64(atMs)
    .hex(bootId)
    .u8(clockSynchronised ? clockSynchronisedBit : 0);
}

function readTime(reader: ByteReader): EntryTime {
  const atMs = reader.u64();
  const bootId = reader.hex(16);
  const flags = reader.u8();
  if ((flags & ~clockSynchronisedBit) !== 0) throw new MalformedBytes('flags are not known');
  return { atMs, bootId, clockSynchronised: flags !== 0 };
}
