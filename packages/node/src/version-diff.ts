/** What differs between two versions of one path: lines where both are text, blocks otherwise. */
import {
  type BlockReference,
  contentBytesOf,
  displayPath,
  type FileVersion,
  isFileVersion,
  type Version,
} from '@holdfast/model';
import { type BulkRunner, bytesOf as bytesOfText } from '@holdfast/platform';
import { contentBlocks, readVersion } from '@holdfast/sync-engine';
import { compareBlocks } from './compare-blocks.js';
import type { DiffResult, DiffSide } from './history-control.js';
import { mtimeOf } from './history-entry.js';
import type { HistoryFolder, HistorySource } from './history-source.js';
import { maxTextBytes, textDiffJob } from './text-diff-job.js';

export interface VersionDiffInit {
  readonly source: HistorySource;
  readonly folder: HistoryFolder;
  readonly runner: BulkRunner;
  readonly from: Version;
  readonly to: Version;
}

type Difference = Omit<DiffResult, 'store' | 'path'>;

const noText = { text: '', addedLines: 0, removedLines: 0 } as const;
const tooLong = `It is longer than ${maxTextBytes / 1024 / 1024} MiB, so it is compared by its blocks.`;
const reasons = {
  'not-text': 'It is not text.',
  'too-different': 'Too many lines differ to compare them one by one.',
} as const;

/** Reads content only where both versions may be text. */
export async function diffVersions(init: VersionDiffInit): Promise<Difference> {
  const { from, to } = init;
  const blocksFrom = await blocksOf(init, from);
  const blocksTo = await blocksOf(init, to);
  const sides = { from: sideOf(from, blocksFrom.length), to: sideOf(to, blocksTo.length) };
  return { ...sides, ...(await compare(init, blocksFrom, blocksTo)) };
}

async function compare(
  init: VersionDiffInit,
  blocksFrom: readonly BlockReference[],
  blocksTo: readonly BlockReference[],
): Promise<Omit<Difference, 'from' | 'to'>> {
  const { from, to } = init;
  const blocks = compareBlocks(blocksFrom, blocksTo);
  if (isSameContent(from, to, blocksFrom, blocksTo)) {
    return { type: 'same', ...noText, reason: '', blocks };
  }
  const longest = Math.max(contentBytesOf(from.record), contentBytesOf(to.record));
  if (longest > maxTextBytes) return { type: 'binary', ...noText, reason: tooLong, blocks };
  const compared = await init.runner.run(textDiffJob, {
    ...namesOf(init),
    from: await textOf(init, from),
    to: await textOf(init, to),
  });
  if (compared.type === 'text') return { ...compared, reason: '', blocks };
  return { type: 'binary', ...noText, reason: reasons[compared.type], blocks };
}

function sideOf({ id, record }: Version, blocks: number): DiffSide {
  const bits = record.kind === 'file' || record.kind === 'directory' ? record.permissions : null;
  return {
    version: id,
    kind: record.kind,
    size: contentBytesOf(record),
    mtime: mtimeOf(record),
    blocks,
    permissions: bits?.toString(8) ?? null,
  };
}

async function blocksOf(init: VersionDiffInit, version: Version) {
  if (!isFileVersion(version)) return [];
  const { source, folder, runner } = init;
  return contentBlocks(source.blocks, folder.config.id, version, runner);
}

function isSameContent(
  from: Version,
  to: Version,
  blocksFrom: readonly BlockReference[],
  blocksTo: readonly BlockReference[],
): boolean {
  if (from.record.kind !== to.record.kind) return false;
  if (from.record.kind === 'symlink' && to.record.kind === 'symlink') {
    return from.record.target === to.record.target;
  }
  return (
    blocksFrom.length === blocksTo.length &&
    blocksFrom.every(({ contentId }, at) => contentId === blocksTo[at]?.contentId)
  );
}

/** What is not there is called as `diff` and `patch` call it. */
function namesOf({ from, to }: VersionDiffInit) {
  const name = (version: Version) =>
    version.record.kind === 'tombstone' ? '/dev/null' : displayPath(version.record.path);
  return {
    fromName: name(from),
    toName: name(to),
    fromLabel: from.id.slice(0, 16),
    toLabel: to.id.slice(0, 16),
  };
}

async function textOf(init: VersionDiffInit, version: Version): Promise<Uint8Array> {
  if (version.record.kind === 'symlink') return bytesOfText(version.record.target);
  if (!isFileVersion(version)) return new Uint8Array();
  return joined(init, version);
}

async function joined({ source, folder, runner }: VersionDiffInit, version: FileVersion) {
  const parts: Uint8Array[] = [];
  for await (const part of readVersion(source.blocks, folder.config.id, version, runner)) {
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}
