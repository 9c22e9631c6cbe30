/** What a folder is doing, for people: one word and, where that does not say it all, a sentence. */
import type { Coverage, FolderIndex } from '@holdfast/folder-index';
import { type DeviceId, displayPath } from '@holdfast/model';
import { textOf } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import { watchStatus } from './folder-watch.js';
import { guardSettings } from './guard-settings.js';
import { massChangeReason, massChangeStatus } from './mass-change-status.js';
import type { FolderState, FolderStatus } from './node-control.js';
import {
  lostContentSentence,
  memberSentence,
  type PathProblem,
  problemSentence,
  rewrittenSentence,
} from './trouble-words.js';

export interface FolderStateFacts {
  readonly paused: boolean;
  /** Own numbers went backward, and no member's index has arrived in full since. */
  readonly inDoubt?: boolean;
  readonly stopReason: string;
  readonly firstScanDone: boolean;
  readonly scanning: boolean;
  readonly needFiles: number;
  readonly problems: readonly PathProblem[];
  readonly connectedMembers: number;
  readonly archiveProblem: string;
  /** What was changed here and is kept from the members: how many paths, and one of them. */
  readonly localChanges: SomePaths & { readonly inMemberTree?: boolean };
  /** After a loss of the index: nobody knows whether these changes are newer than what others show. */
  readonly undecidedIn?: string;
  /** In a send-only folder: what differs elsewhere and is not taken over. */
  readonly differences?: SomePaths;
  /** What waits for a person's answer, and what to do; empty where nothing does. */
  readonly massChange: string;
  /** What the store here had and lost; empty where it has everything. */
  readonly lostContent?: string;
  /** Archives whose history was changed; empty where none was. */
  readonly rewrittenHistory?: string;
}

interface SomePaths {
  readonly count: number;
  readonly first: string;
}

/** Pure, so that every combination can be tried. */
export function folderState(facts: FolderStateFacts): { state: FolderState; reason: string } {
  if (facts.stopReason !== '') return { state: 'stopped', reason: facts.stopReason };
  if (facts.paused) return { state: 'paused', reason: '' };
  if (!facts.firstScanDone) return { state: 'scanning', reason: '' };
  if (facts.massChange !== '') return { state: 'needs-confirmation', reason: facts.massChange };
  const problem = problemSentence(facts.problems);
  if (facts.inDoubt) {
    const reason = 'Waits for the whole index of another device before it goes on.';
    return { state: 'waiting', reason };
  }
  if (facts.needFiles > 0) {
    if (facts.lostContent) return { state: 'out-of-sync', reason: facts.lostContent };
    if (facts.connectedMembers === 0) {
      const reason = 'No device that has the missing files is connected.';
      return { state: 'waiting', reason };
    }
    if (facts.archiveProblem !== '') return { state: 'out-of-sync', reason: facts.archiveProblem };
    if (problem !== '') return { state: 'out-of-sync', reason: problem };
    return { state: 'syncing', reason: '' };
  }
  if (facts.scanning) return { state: 'scanning', reason: '' };
  if (problem !== '') return { state: 'out-of-sync', reason: problem };
  const standing = facts.lostContent || facts.rewrittenHistory || standingReason(facts);
  if (standing !== '') return { state: 'out-of-sync', reason: standing };
  return { state: 'up-to-date', reason: '' };
}

/** Nothing is lost, and nothing goes on by itself: a person should know. */
function standingReason(facts: FolderStateFacts): string {
  const { localChanges, differences, undecidedIn = '' } = facts;
  if (localChanges.count > 0 && undecidedIn !== '') {
    return (
      `This device's record of the folder was lost, and no archive tells which is newer, what is here or what ` +
      `others show: ${someText(localChanges)}. Both are kept. To send what is here: holdfast folder override ` +
      `"${undecidedIn}". To take what others show: holdfast folder revert "${undecidedIn}".`
    );
  }
  if (localChanges.count > 0) {
    const what = localChanges.inMemberTree ? 'Changed here' : 'Changed in the mirror, archived';
    return `${what} and not sent to others: ${someText(localChanges)}.`;
  }
  if (differences === undefined || differences.count === 0) return '';
  return `Changed on other devices and not taken over here: ${someText(differences)}.`;
}

function someText({ count, first }: SomePaths): string {
  return count > 1 ? `${first} and ${count - 1} more` : first;
}

/** What others know of the folder. */
type ShownBeside = Pick<
  FolderStatus,
  'progress' | 'ifLost' | 'thinned' | 'lastVerified' | 'lastDrill'
> & {
  /** What the last drill found; a sentence, or empty. */
  readonly drillProblem: string;
  /** What is not here yet of the history that other archives have; a sentence, or empty. */
  readonly fillReason: string;
};

/** The whole status of one folder. Counts rows that are not covered, so it reads the index. */
export async function folderStatus(
  folder: FolderEngine,
  { drillProblem, fillReason, ...shown }: ShownBeside,
  nameOf: (device: string) => string,
): Promise<FolderStatus> {
  const { config, index, tree, treeIndex, ingester, mirror, coverage } = folder;
  const { queued } = index.counts;
  const { counts } = treeIndex;
  const needFiles = counts.needFiles + queued;
  const isSendOnly = config.mode === 'send-only';
  const massChanges = folder.massChanges.open().map((one) => massChangeStatus(one, nameOf));
  const refusals = folder.renumbering.refusals.map((why) => ({ path: config.label, reason: why }));
  const { state, reason } = folderState({
    inDoubt: folder.renumbering.isPending,
    paused: config.paused,
    stopReason: folder.stopReason,
    firstScanDone: tree?.hasScanned ?? true,
    scanning: tree?.isScanning ?? false,
    needFiles: isSendOnly ? 0 : needFiles,
    problems: [...refusals, ...(tree?.problems ?? [])],
    // What a mirror lacks its own archive has.
    connectedMembers: folder.links.size + (mirror !== undefined && queued === 0 ? 1 : 0),
    archiveProblem: ingester?.problem ?? '',
    localChanges: { ...(await localChangesOf(treeIndex)), inMemberTree: mirror === undefined },
    ...(folder.modes?.isUndecided === true && { undecidedIn: config.label }),
    differences: isSendOnly ? await differencesOf(treeIndex) : nothing,
    massChange: massChangeReason(massChanges, config.label),
    lostContent: lostContentSentence(folder.losses),
    rewrittenHistory: rewrittenSentence(contradicting(folder).map(nameOf)),
  });
  const { sequence } = index.position();
  const receipts = config.members.flatMap((device) => index.peer(device).receipt ?? []);
  const newestMs = Math.max(0, ...receipts.map((receipt) => receipt.receivedAtMs));
  const uncovered =
    config.archive && mirror === undefined
      ? 0
      : await uncoveredRows(treeIndex, folder.heldCoverage);
  return {
    id: config.id,
    label: config.label,
    path: config.tree === undefined ? null : textOf(config.tree.root),
    mode: config.mode,
    archive: config.archive,
    state,
    stateReason:
      reason ||
      memberReason(folder, nameOf) ||
      drillProblem ||
      fillReason ||
      folder.renumbering.note ||
      leftOutReason(tree?.leftOut ?? []),
    files: counts.files,
    bytes: counts.bytes,
    needFiles,
    needBytes: counts.needBytes + index.counts.queuedBytes,
    unarchivedFiles: uncovered + (tree?.unreadable ?? 0),
    receiveOnlyChangedFiles: counts.localChanges,
    heldFiles: counts.held,
    overwrittenVersions: counts.overwrittenUncovered,
    conflictCopies: counts.conflicts,
    problemFiles: tree?.problems.length ?? 0,
    leftOutFiles: tree?.leftOut.length ?? 0,
    copies: coverage.completeStores(sequence),
    lastArchived: newestMs === 0 ? null : new Date(newestMs).toISOString(),
    members: config.members,
    archives: config.members.filter((device) => keepsHistory(folder, device)),
    connectedMembers: [...folder.links.keys()],
    watch: tree === undefined ? null : watchStatus(tree.watchState, config),
    massChanges,
    guard: guardSettings(config.massChange),
    ...shown,
  };
}

const nothing: SomePaths = { count: 0, first: '' };

async function localChangesOf(index: FolderIndex): Promise<SomePaths> {
  const { localChanges: count } = index.counts;
  const [first] = count === 0 ? [] : await index.localChanges(1);
  return { count, first: first === undefined ? '' : displayPath(first) };
}

async function differencesOf(index: FolderIndex): Promise<SomePaths> {
  const { needFiles: count } = index.counts;
  const [first] = count === 0 ? [] : await index.neededPaths(1);
  return { count, first: first === undefined ? '' : displayPath(first) };
}

async function uncoveredRows(index: FolderIndex, coverage: Coverage): Promise<number> {
  return (await index.countAfter(coverage.threshold())) + coverage.exceptions();
}

/** Whether some member is known to keep the folder's history. */
export function hasOtherArchive(folder: FolderEngine): boolean {
  return folder.config.members.some((device) => keepsHistory(folder, device));
}

function keepsHistory({ index, links }: FolderEngine, device: DeviceId): boolean {
  const announced = links.get(device)?.announcement.archive;
  return announced !== undefined || index.peer(device).receipt !== undefined;
}

/** Members whose history log does not lead through what this device saw of it. */
function contradicting({ config, index }: FolderEngine): DeviceId[] {
  return config.members.filter((device) => index.peer(device).witness?.isContradicted);
}

/** Nothing is wrong here; but what this device has does not reach another one. */
function memberReason({ links }: FolderEngine, nameOf: (device: string) => string): string {
  for (const { device, progress, announcement } of links.values()) {
    if (progress?.trouble === undefined) continue;
    return memberSentence(nameOf(device), progress.trouble, announcement.archive !== undefined);
  }
  return '';
}

/** Not a fault, but worth a word: what is passed over here, such as sockets. */
function leftOutReason(leftOut: readonly { readonly path: string; readonly reason: string }[]) {
  const [first] = leftOut;
  if (first === undefined) return '';
  const more = leftOut.length > 1 ? `, and ${leftOut.length - 1} more` : '';
  return `Left out here: ${first.path} (${first.reason})${more}.`;
}
