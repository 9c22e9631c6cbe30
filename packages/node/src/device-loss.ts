/**
 * What would be lost if this device were lost now: content that it has, that no archive's receipt
 * reaches and that no other device said to have. It claims too much rather than too little. Owns
 * what it counted of each folder, as counting reads every version that no archive covers.
 */
import {
  Coverage,
  type FolderIndex,
  localCurrent,
  type PathEntry,
  type VersionRow,
} from '@holdfast/folder-index';
import {
  contentBytesOf,
  type DeviceId,
  displayPath,
  type FolderPath,
  type VersionId,
} from '@holdfast/model';
import { byCount, type Clock, inGroups, type Timer } from '@holdfast/platform';
import { type FolderConfig, type FolderEngine, receiptsOf } from '@holdfast/sync-engine';
import type { DeviceLoss } from './where-control.js';

/** So many versions are looked at whenever somebody asks. */
const alwaysCounted = 2_000;
/** More of them no more often than this: in between, what no archive covers is the answer. */
const countEveryMs = 15_000;
/** Whoever asks waits so long for a count of more of them, which goes on without him. */
const waitForCountMs = 300;
const exceptionsPerPage = 500;
const namedFiles = 3;

export interface LossCount {
  readonly files: number;
  readonly olderVersions: number;
  readonly bytes: number;
  /** The first files. */
  readonly names: readonly string[];
}

export interface LossFacts extends LossCount {
  readonly exact: boolean;
  /** What is here and cannot be read: nobody else can have it. */
  readonly unreadable: number;
  readonly historyVersions: number;
}

export interface DeviceLossesInit {
  readonly clock: Clock;
  readonly localDevice: DeviceId;
}

interface Counted {
  readonly state: string;
  readonly atMs: number;
  readonly count: LossCount;
}

type LossFolder = Pick<FolderEngine, 'index' | 'tree'> & {
  readonly config: Pick<FolderConfig, 'members' | 'archive'>;
};

const nothingLost: LossCount = { files: 0, olderVersions: 0, bytes: 0, names: [] };

export class DeviceLosses {
  readonly #init: DeviceLossesInit;
  readonly #counted = new WeakMap<LossFolder, Counted>();
  readonly #counting = new WeakMap<LossFolder, Promise<LossCount>>();

  constructor(init: DeviceLossesInit) {
    this.#init = init;
  }

  /** `historyVersions`: in this device's store, where no other device keeps the folder's history. */
  async of(folder: LossFolder, historyVersions: number): Promise<DeviceLoss> {
    const { tree } = folder;
    const { count, exact } = await this.#count(folder);
    const unreadable = tree?.unreadable ?? 0;
    const isLooked = tree?.hasScanned ?? true;
    const { names: _, ...figures } = count;
    const facts = { ...count, exact: exact && isLooked, unreadable, historyVersions };
    return {
      ...figures,
      files: figures.files + unreadable,
      historyVersions,
      exact: facts.exact,
      sentence: lossSentence(facts),
    };
  }

  async #count(folder: LossFolder): Promise<{ count: LossCount; exact: boolean }> {
    const { index } = folder;
    const receipts = await receiptsOf(index, folder.config.members);
    const anyStore = new Coverage(receipts, 1);
    const has = hasOf(folder, this.#init.localDevice);
    const state = stateOf(folder, anyStore);
    const known = this.#counted.get(folder);
    if (known?.state === state) return { count: known.count, exact: true };
    const threshold = anyStore.threshold();
    const rows = await index.countAfter(threshold, alwaysCounted + 1);
    const count = () => this.#begin(folder, state, () => countLoss(index, anyStore, has));
    if (rows <= alwaysCounted) return { count: await count(), exact: true };
    // No more than that, and known at once: what is shown, what is held aside and what archives lost.
    const files = index.position().sequence - threshold + anyStore.exceptedVersions().size;
    const unknown = { count: { ...nothingLost, files }, exact: false };
    const isEarly = known !== undefined && this.#sinceMs(known) < countEveryMs;
    const counting = this.#counting.get(folder) ?? (isEarly ? undefined : count());
    if (counting === undefined) return unknown;
    const counted = await this.#soon(counting);
    return counted === undefined || this.#counted.get(folder)?.state !== state
      ? unknown
      : { count: counted, exact: true };
  }

  #begin(
    folder: LossFolder,
    state: string,
    countAll: () => Promise<LossCount>,
  ): Promise<LossCount> {
    const counting = countAll()
      .then((count) => {
        this.#counted.set(folder, { state, atMs: this.#init.clock.monotonic(), count });
        return count;
      })
      .finally(() => this.#counting.delete(folder));
    this.#counting.set(folder, counting);
    return counting;
  }

  /** Undefined where it takes longer; then nobody is told if it fails, and the next one begins anew. */
  async #soon(counting: Promise<LossCount>): Promise<LossCount | undefined> {
    let timer: Timer | undefined;
    const later = new Promise<undefined>((resolve) => {
      timer = this.#init.clock.setTimer(waitForCountMs, () => resolve(undefined));
    });
    try {
      return await Promise.race([counting, later]);
    } finally {
      timer?.cancel();
    }
  }

  #sinceMs({ atMs }: Counted): number {
    return this.#init.clock.monotonic() - atMs;
  }
}

/** Whether another device has a version, if its index says so. */
type Has = (device: DeviceId, id: VersionId) => boolean;

/**
 * Who left the folder does not count, nor an archive that says it lost the content; a mirror is a
 * member of its own archive, on this very device.
 */
function hasOf({ index, config }: LossFolder, localDevice: DeviceId): Has {
  const lostBy = new Map(
    config.members
      .filter((device) => device !== localDevice)
      .map((device) => [device, new Set(index.peer(device).receipt?.exceptions)]),
  );
  return (device, id) => lostBy.get(device)?.has(id) === false;
}

/** Names all that the count depends on. */
function stateOf({ index, config }: LossFolder, anyStore: Coverage): string {
  const { epoch, sequence } = index.position();
  const seen = [...index.peers()].map(([device, peer]) => [device, peer.seen, peer.receipt]);
  return JSON.stringify([epoch, sequence, anyStore.threshold(), seen, config.members]);
}

async function countLoss(index: FolderIndex, anyStore: Coverage, has: Has): Promise<LossCount> {
  let files = 0;
  let olderVersions = 0;
  let bytes = 0;
  const names: string[] = [];
  const take = (entry: PathEntry) => {
    for (const row of lostRows(entry, anyStore, has)) {
      bytes += contentBytesOf(row.version.record);
      if (row.version.id !== localCurrent(entry)?.version.id) olderVersions += 1;
      else {
        files += 1;
        if (names.length < namedFiles) names.push(displayPath(entry.path));
      }
    }
  };
  const looked = new Set<string>();
  for await (const page of index.pathsAfter(anyStore.threshold())) {
    // A path stands in it once for each of its versions.
    const paths = [...new Set(page)].filter((path) => !looked.has(path));
    for (const path of paths) looked.add(path);
    for (const entry of await index.entries(paths)) take(entry);
  }
  for (const ids of inGroups([...anyStore.exceptedVersions()], byCount(exceptionsPerPage))) {
    const isOther = (path: FolderPath | undefined): path is FolderPath =>
      path !== undefined && !looked.has(path);
    const others = [...new Set(await index.pathsOfVersions(ids))].filter(isOther);
    for (const path of others) looked.add(path);
    for (const entry of await index.entries(others)) take(entry);
  }
  return { files, olderVersions, bytes, names };
}

/** Rows of this device with content that nobody else is known to have. */
export function lostRows({ rows }: PathEntry, anyStore: Coverage, has: Has): VersionRow[] {
  return rows.filter(({ version, local, peers }) => {
    const { kind } = version.record;
    if (local === undefined || (kind !== 'file' && kind !== 'symlink')) return false;
    if (anyStore.covers(version.id, local.sequence)) return false;
    return !peers.some(({ device }) => has(device, version.id));
  });
}

/** Pure, so that every combination can be tried. */
export function lossSentence(facts: LossFacts): string {
  const { files, unreadable, exact, historyVersions } = facts;
  const lost = lostWords(facts);
  const history =
    historyVersions > 0
      ? ` Its history (${counted(historyVersions, 'version')}) is kept on no other device.`
      : '';
  if (!exact) {
    const most = files + unreadable;
    return most === 0
      ? `What would be lost with this device is not known yet.${history}`
      : `If this device were lost now, up to ${counted(most, 'file')} would be lost; this is still being counted.${history}`;
  }
  if (lost.length === 0) {
    return `If this device were lost now, nothing that this folder shows would be lost.${history}`;
  }
  return `If this device were lost now, ${listed(lost)} would be lost.${history}`;
}

function lostWords({ files, names, olderVersions, unreadable }: LossFacts): string[] {
  const words: string[] = [];
  if (files > 0) {
    const shown =
      files > names.length ? [...names, `${grouped(files - names.length)} more`] : names;
    words.push(
      files === 1
        ? `this file (${listed(shown)})`
        : `these ${grouped(files)} files (${listed(shown)})`,
    );
  }
  if (olderVersions > 0) words.push(counted(olderVersions, 'older version'));
  if (unreadable > 0) words.push(`${counted(unreadable, 'file')} that cannot be read here`);
  return words;
}

function counted(count: number, one: string): string {
  return `${grouped(count)} ${one}${count === 1 ? '' : 's'}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
