/**
 * The page's first sentence: is everything safe, and if not, what is not. The worst thing wins; it
 * never claims more than the node said.
 */
import { differsByMode, placesOf } from './folder-answers.js';
import type { Folder, NodeState } from './node-state.js';
import { agoWords, countWords, listWords, sizeWords } from './plain-words.js';

/** A label in the large sentence; the folder's card has it whole. */
const maxLabelCharacters = 32;

export type SafetyLevel = 'safe' | 'new' | 'warning' | 'alarm';

export interface Safety {
  readonly level: SafetyLevel;
  readonly sentence: string;
  readonly reason: string;
  /** Where the next step is: a folder's card, or the place where devices are paired. */
  readonly next?: { readonly label: string; readonly address: string };
}

/** Where on the page devices are paired, folders added. */
export const pairingAddress = '#pairing';
const addingAddress = '#adding';

/** Where on the page a folder's card is. */
function folderAddress(folder: Folder): string {
  return `#folder-${folder.id}`;
}

function stepOf(folders: readonly Folder[]): { label: string; address: string } {
  const [first] = folders;
  return {
    label: 'Show what to do',
    address: first === undefined ? addingAddress : folderAddress(first),
  };
}

export function judgeSafety(node: NodeState, nowMs: number): Safety {
  const { folders } = node;
  if (folders.length === 0) {
    return {
      level: 'new',
      sentence: 'Nothing is kept yet.',
      reason: 'Choose a folder to keep; then pair the device that will remember it.',
      next: { label: 'Choose a folder', address: addingAddress },
    };
  }
  return (
    halted(folders) ??
    undecided(folders) ??
    alone(node) ??
    unarchived(folders) ??
    differing(folders) ??
    safe(folders, nowMs)
  );
}

function halted(folders: readonly Folder[]): Safety | undefined {
  const stopped = folders.filter(
    (folder) =>
      folder.state === 'stopped' || (folder.state === 'out-of-sync' && !differsByMode(folder)),
  );
  const [first] = stopped;
  if (first === undefined) return undefined;
  const verb = stopped.every(({ state }) => state === 'stopped') ? 'stopped' : 'out of sync';
  return {
    level: 'alarm',
    sentence: `${labels(stopped)} ${stopped.length === 1 ? 'is' : 'are'} ${verb}.`,
    reason: first.stateReason || 'A folder that stopped deletes nothing, here or anywhere else.',
    next: stepOf(stopped),
  };
}

function undecided(folders: readonly Folder[]): Safety | undefined {
  const asking = folders.filter(({ state }) => state === 'needs-confirmation');
  const [first] = asking;
  if (first === undefined) return undefined;
  return {
    level: 'warning',
    sentence: `${labels(asking)} ${asking.length === 1 ? 'waits' : 'wait'} for your answer.`,
    reason: first.stateReason || 'A large change is held back until you say that it is meant.',
    next: stepOf(asking),
  };
}

/** Nothing is lost by it, but a person should decide. */
function differing(folders: readonly Folder[]): Safety | undefined {
  const found = folders.filter(differsByMode);
  const [first] = found;
  if (first === undefined) return undefined;
  return {
    level: 'warning',
    sentence: `${labels(found)} ${found.length === 1 ? 'differs' : 'differ'} from the other devices.`,
    reason: `${first.stateReason} Nothing is lost.`,
    next: stepOf(found),
  };
}

/** What is on this device and nowhere else is lost with it. */
function alone(node: NodeState): Safety | undefined {
  const lonely = node.folders.filter((folder) => {
    const elsewhere = folder.copies - (folder.archive ? 1 : 0);
    return elsewhere <= 0 && folder.members.every((member) => member === node.device);
  });
  if (lonely.length === 0) return undefined;
  const files = lonely.reduce((sum, folder) => sum + folder.files, 0);
  const lost = `If this device is lost, ${countWords(files, 'file')} ${files === 1 ? 'is' : 'are'} lost.`;
  return {
    level: 'warning',
    sentence: `${labels(lonely)} ${lonely.length === 1 ? 'is' : 'are'} on this device only.`,
    reason:
      node.devices.length === 0
        ? `${lost} Pair a second device that keeps a copy.`
        : `${lost} Share it with a device that keeps its history.`,
    next:
      node.devices.length === 0
        ? { label: 'Pair a device', address: pairingAddress }
        : stepOf(lonely),
  };
}

function unarchived(folders: readonly Folder[]): Safety | undefined {
  const open = folders.filter((folder) => placesOf(folder) === 0 || folder.unarchivedFiles > 0);
  if (open.length === 0) return undefined;
  const versions = open.reduce((sum, folder) => sum + folder.unarchivedFiles, 0);
  return {
    level: 'warning',
    sentence:
      versions > 0
        ? `${countWords(versions, 'change')} in ${labels(open)} ${versions === 1 ? 'is' : 'are'} not archived yet.`
        : `${labels(open)} ${open.length === 1 ? 'is' : 'are'} in no archive yet.`,
    reason: 'Nothing is lost: what would be replaced is kept aside until an archive has it.',
  };
}

function safe(folders: readonly Folder[], nowMs: number): Safety {
  const files = folders.reduce((sum, folder) => sum + folder.files, 0);
  const bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0);
  const copies = Math.min(...folders.map(placesOf));
  const parts = [
    `${countWords(files, 'file')}, ${sizeWords(bytes)}, archived in ${countWords(copies, 'place')}.`,
  ];
  const newest = latest(folders.map((folder) => folder.lastArchived));
  if (newest !== undefined) parts.push(`Newest change archived ${agoWords(newest, nowMs)}.`);
  const drill = latest(folders.map((folder) => folder.lastDrill));
  if (drill !== undefined) parts.push(`A restore was proven ${agoWords(drill, nowMs)}.`);
  const arriving = folders.reduce((sum, folder) => sum + folder.needFiles, 0);
  if (arriving > 0) parts.push(`Still arriving here: ${countWords(arriving, 'file')}.`);
  const paused = folders.filter(({ state }) => state === 'paused');
  if (paused.length > 0) parts.push(`Paused: ${labels(paused)}.`);
  return { level: 'safe', sentence: 'Everything is safe.', reason: parts.join(' ') };
}

function labels(folders: readonly Folder[]): string {
  return folders.length > 3
    ? countWords(folders.length, 'folder')
    : listWords(folders.map(({ label }) => shortened(label)));
}

function shortened(label: string): string {
  return label.length > maxLabelCharacters ? `${label.slice(0, maxLabelCharacters - 1)}…` : label;
}

function latest(times: readonly (string | null)[]): string | undefined {
  return times
    .filter((time) => time !== null)
    .sort()
    .at(-1);
}
