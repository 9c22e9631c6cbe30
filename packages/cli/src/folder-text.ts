/** Folders as lines for a terminal: the state in words, and what a person would worry about. */
import type { FolderState, FolderStatus } from '@holdfast/node';
import { agoText, alignedLines, countText, printable, right, sizeText } from './printable-text.js';
import { type NameOf, progressLines } from './progress-text.js';
import { shellWord } from './shell-word.js';
import { thinnedLines } from './thinned-text.js';

const stateWords: Readonly<Record<FolderState, string>> = {
  'up-to-date': 'Up to date',
  scanning: 'Scanning',
  syncing: 'Syncing',
  waiting: 'Waiting',
  paused: 'Paused',
  stopped: 'Stopped',
  'out-of-sync': 'Out of sync',
  'needs-confirmation': 'Needs your answer',
};

/** A row for each folder, and below it what is not as it should be. */
export function folderLines(
  folders: readonly FolderStatus[],
  nowMs: number,
  indent = '',
  nameOf: NameOf = (device) => device,
): string[] {
  const rows = alignedLines(
    folders.map((folder) => [
      folder.label,
      stateText(folder),
      right(countText(folder.files, 'file')),
      right(sizeText(folder.bytes)),
      archivedText(folder, nowMs),
      folder.path ?? 'history only',
    ]),
    indent,
  );
  return folders.flatMap((folder, index) => [
    rows[index] ?? '',
    ...concerns(folder, nameOf).map((concern) => `${indent}  ${concern}`),
    ...thinnedLines(folder, nowMs).map((line) => `${indent}  ${line}`),
  ]);
}

/** The words that people know: what only sends or receives says so, and what stands out in it. */
function stateText({ state, mode, receiveOnlyChangedFiles }: FolderStatus): string {
  const isChanged = state === 'out-of-sync' && receiveOnlyChangedFiles > 0;
  const word = isChanged ? 'Local changes' : stateWords[state];
  return mode === 'send-receive' ? word : `${word} (${mode})`;
}

function archivedText(folder: FolderStatus, nowMs: number): string {
  if (folder.archive) return 'keeps its history';
  if (folder.copies === 0 && folder.lastArchived === null) return 'not archived';
  const newest = folder.lastArchived === null ? '' : `, ${agoText(folder.lastArchived, nowMs)}`;
  // Somebody has some of it: of none of them it can be said that all is there.
  if (folder.copies === 0) return `not all archived${newest}`;
  return `archived in ${countText(folder.copies, 'place')}${newest}`;
}

function concerns(folder: FolderStatus, nameOf: NameOf): string[] {
  const found: string[] = [];
  if (folder.stateReason !== '') found.push(printable(folder.stateReason));
  found.push(...progressLines(folder, nameOf));
  if (folder.needFiles > 0 && folder.mode === 'send-only') {
    found.push(`Differs elsewhere: ${countText(folder.needFiles, 'file')}.`);
    found.push(`Make this device's files win: holdfast folder override ${typed(folder.label)}`);
  } else if (folder.needFiles > 0 && !folder.progress?.receiving) {
    found.push(
      `Still to come: ${countText(folder.needFiles, 'file')}, ${sizeText(folder.needBytes)}.`,
    );
  }
  if (folder.unarchivedFiles > 0) {
    found.push(`Not archived yet: ${countText(folder.unarchivedFiles, 'version')}.`);
  }
  if (folder.receiveOnlyChangedFiles > 0) {
    found.push(`Changed here: ${countText(folder.receiveOnlyChangedFiles, 'file')}.`);
    found.push(`Take that back: holdfast folder revert ${typed(folder.label)}`);
  }
  if (folder.heldFiles > 0) {
    found.push(`Kept aside until archived: ${countText(folder.heldFiles, 'version')}.`);
  }
  found.push(printable(folder.ifLost.sentence));
  found.push(...keptLines(folder));
  for (const word of [folder.watch?.reason, folder.watch?.suggestion]) {
    if (word !== undefined && word !== '') found.push(printable(word));
  }
  return found;
}

function keptLines({ label, archives, ...counts }: FolderStatus): string[] {
  const { conflictCopies, overwrittenVersions, problemFiles, leftOutFiles } = counts;
  const lines: string[] = [];
  if (conflictCopies > 0) {
    lines.push(
      `Changed in two places, both kept: ${countText(conflictCopies, 'conflict copy', 'conflict copies')}.`,
      `See them with: holdfast folder conflicts ${typed(label)}`,
    );
  }
  // Where no archive is, none could have had them.
  if (overwrittenVersions > 0 && archives.length > 0) {
    lines.push(
      `Overwritten here before archives had them: ${countText(overwrittenVersions, 'version')}.`,
    );
  }
  if (problemFiles + leftOutFiles > 1) {
    lines.push(`See each with its reason: holdfast folder problems ${typed(label)}`);
  }
  return lines;
}

/** A label as it is typed in a command. */
function typed(label: string): string {
  return shellWord(printable(label));
}
