/**
 * Which modes a folder can have here, and what a change of the mode does to files: pure. A change that
 * would touch files asks first.
 */
import { AppError } from '@holdfast/platform';
import type { AcceptFolderRequest, FolderMode } from './node-control.js';

export interface ModeFacts {
  readonly label: string;
  readonly mode: FolderMode;
  readonly archive: boolean;
  /** Whether the folder has files here. */
  readonly hasTree: boolean;
  /** What was changed here and kept from the members. */
  readonly localChanges: number;
  /** What differs on other devices and is not taken over here. */
  readonly needFiles: number;
}

/** Throws where the folder cannot have the mode, or where a person has to confirm it first. */
export function checkModeChange(facts: ModeFacts, wanted: FolderMode, confirmed: boolean): void {
  const { label, archive, hasTree, mode } = facts;
  if (!hasTree) throw noFiles(label);
  if (archive && wanted !== 'receive-only') throw mirrorMode(wanted);
  if (wanted === mode || confirmed) return;
  const effect = effectOf(facts, wanted);
  if (effect === '') return;
  throw new AppError('needs_confirmation', `"${label}" is ${mode}. ${effect}`, {
    hint: `Nothing was changed. If it is meant, add --yes. ${otherWay(mode)}`,
  });
}

function effectOf({ mode, localChanges, needFiles }: ModeFacts, wanted: FolderMode): string {
  if (mode === 'receive-only' && localChanges > 0) {
    return `As ${wanted} it would send what was changed here to the other devices: ${files(localChanges)}.`;
  }
  if (mode === 'send-only' && needFiles > 0) {
    return (
      `As ${wanted} it would take over what differs on the other devices: ${files(needFiles)}. ` +
      'What is replaced here is kept aside.'
    );
  }
  return '';
}

function otherWay(mode: FolderMode): string {
  return mode === 'send-only'
    ? "Or make this device's files win first: holdfast folder override FOLDER"
    : 'Or take the changes back first: holdfast folder revert FOLDER';
}

function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** A mirror shows what its archive has; what is changed in it goes to nobody else. */
export function acceptedMode({ path, archive, mode }: AcceptFolderRequest): FolderMode {
  if (!archive) return mode ?? 'send-receive';
  if (path === undefined) {
    if (mode === undefined || mode === 'send-receive') return 'send-receive';
    throw new AppError('usage', `Where only history is kept, no files are ${mode}.`, {
      hint: 'Nothing was changed. Leave --mode out, or say where the files go.',
    });
  }
  if (mode === undefined || mode === 'receive-only') return 'receive-only';
  throw mirrorMode(mode);
}

function mirrorMode(mode: FolderMode): AppError {
  return new AppError('usage', `The mirror of an archive is receive-only, not ${mode}.`, {
    hint: 'Nothing was changed. Leave --mode out, or accept the folder without --archive.',
  });
}

export function noFiles(label: string): AppError {
  return new AppError('usage', `"${label}" has no files here: only its history is kept.`, {
    hint: 'Nothing was changed.',
  });
}
