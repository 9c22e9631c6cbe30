/** Answers what a folder keeps beside what it shows, and what it could not take in. Changes nothing by itself. */

import { localCurrent, type PathEntry } from '@holdfast/folder-index';
import {
  conflictNameOf,
  contentBytesOf,
  type DeviceId,
  displayPath,
  type FolderPath,
  type Version,
} from '@holdfast/model';
import { wordsForCode } from '@holdfast/platform';
import { archiveMembers, type FolderEngine, heldRows } from '@holdfast/sync-engine';
import type {
  ConflictVersion,
  FolderConflict,
  FolderProblem,
  HeldVersion,
  ReleaseResult,
} from './kept-content.js';
import { noFiles } from './mode-change.js';

const maxListed = 10_000;
const rowsPerPage = 1_000;

export interface KeptContentServiceInit {
  /** A device by its name; its id where it is not known here. */
  readonly nameOf: (device: string) => string;
  /** Ids of this device and of all that are paired with it. */
  readonly knownDevices: () => readonly string[];
}

export class KeptContentService {
  readonly #init: KeptContentServiceInit;

  constructor(init: KeptContentServiceInit) {
    this.#init = init;
  }

  async conflicts({ treeIndex }: FolderEngine): Promise<FolderConflict[]> {
    const paths = await treeIndex.conflictCopies(maxListed);
    const copies = new Map<FolderPath, ConflictVersion[]>();
    for (const entry of await treeIndex.entries(paths)) {
      const named = conflictNameOf(entry.path);
      const version = shownIn(entry);
      if (named === undefined || version === undefined) continue;
      const device = this.#deviceOf(named.deviceEnd, version);
      const known = copies.get(named.original) ?? [];
      copies.set(named.original, [...known, conflictVersion(version, device)]);
    }
    const originals = await treeIndex.entries([...copies.keys()]);
    return originals.map((entry) => {
      const version = shownIn(entry);
      return {
        path: displayPath(entry.path),
        current: version ? conflictVersion(version, this.#nameOfAuthor(version)) : null,
        copies: copies.get(entry.path) ?? [],
      };
    });
  }

  async held(folder: FolderEngine): Promise<HeldVersion[]> {
    const rows = await heldRows(folder.treeIndex, maxListed);
    // A mirror's own archive is what it waits for.
    const archives = folder.mirror === undefined ? archiveMembers(folder).archives : 1;
    const wanted = folder.mirror === undefined ? folder.config.copies : 1;
    const { heldCoverage: coverage } = folder;
    return rows.map(({ path, version, sequence, sinceMs }) => {
      const copies = coverage.copiesOf(version.id, sequence);
      return {
        path: displayPath(path),
        version: version.id,
        size: contentBytesOf(version.record),
        since: new Date(sinceMs).toISOString(),
        copies,
        reason: heldReason({ archives, copies, wanted }),
      };
    });
  }

  async release(folder: FolderEngine, dryRun: boolean): Promise<ReleaseResult> {
    const { tree, config, treeIndex, heldCoverage: coverage } = folder;
    if (tree === undefined) throw noFiles(config.label);
    const { sequence: upTo } = treeIndex.position();
    const found = { versions: 0, bytes: 0, unarchived: 0 };
    for (let after: number | undefined = 0; after !== undefined; ) {
      const rows = await treeIndex.sideRows(upTo, rowsPerPage, after);
      for (const { version, sequence } of rows) {
        found.versions += 1;
        found.bytes += contentBytesOf(version.record);
        if (!coverage.covers(version.id, sequence)) found.unarchived += 1;
      }
      after = rows.at(-1)?.sequence;
    }
    if (!dryRun && found.versions > 0) {
      // Where the folder is stopped, what lies there may be another disk.
      await tree.rescan();
      await tree.heldKeeper.releaseAll();
      tree.lookAgain();
    }
    return { ...found, dryRun };
  }

  problems({ tree }: FolderEngine): FolderProblem[] {
    const failed = (tree?.problems ?? []).map(({ path, reason }) => ({
      path,
      type: 'failed' as const,
      reason: wordsForCode(reason) ?? reason,
    }));
    const leftOut = (tree?.leftOut ?? []).map((one) => ({ ...one, type: 'left-out' as const }));
    return [...failed, ...leftOut].slice(0, maxListed);
  }

  #nameOfAuthor({ record }: Version): string {
    return this.#init.nameOf(record.author);
  }

  /** The name of a copy says whose edit it keeps; who last changed the copy is another matter. */
  #deviceOf(deviceEnd: string, { record }: Version): string {
    const known: readonly string[] = [record.author, ...this.#init.knownDevices()];
    const device = known.find((id) => id.endsWith(deviceEnd));
    return device === undefined ? deviceEnd : this.#init.nameOf(device as DeviceId);
  }
}

function shownIn(entry: PathEntry): Version | undefined {
  const version = localCurrent(entry)?.version;
  return version === undefined || version.record.kind === 'tombstone' ? undefined : version;
}

function conflictVersion({ record }: Version, device: string): ConflictVersion {
  return {
    path: displayPath(record.path),
    kind: record.kind === 'tombstone' ? 'file' : record.kind,
    device,
    size: contentBytesOf(record),
    time:
      record.kind === 'file' ? new Date(Number(record.mtimeNs / 1_000_000n)).toISOString() : null,
  };
}

/** Pure: why a version is kept aside, from who has it and how many should. */
function heldReason(facts: { archives: number; copies: number; wanted: number }): string {
  const { archives, copies, wanted } = facts;
  if (wanted > 0 && copies >= wanted) return 'It is archived and is let go in a moment.';
  if (archives === 0 && copies === 0) {
    return 'No archive keeps this folder: it stays here until one does.';
  }
  if (copies === 0) return 'No archive has it yet.';
  if (wanted === 0) return 'The folder wants no copies in archives: it stays here.';
  return `Only ${copies} of ${wanted} archives that the folder wants ${copies === 1 ? 'has' : 'have'} it yet.`;
}
