/** PATH in history: `FOLDER` or `FOLDER/dir/file`, FOLDER being a label or an id; labels may hold slashes. */
import { type FolderPath, pathBytesFrom, refusalOfPath } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { HistoryFolder } from './history-source.js';
import { didYouMean } from './near-names.js';

export interface HistoryPath<Folder extends HistoryFolder> {
  readonly folder: Folder;
  /** '' is the folder itself. */
  readonly inside: FolderPath | '';
}

/** Throws `folder_unknown`, `usage`. */
export function parseHistoryPath<Folder extends HistoryFolder>(
  text: string,
  folders: Iterable<Folder>,
): HistoryPath<Folder> {
  const trimmed = text.replace(/\/+$/, '');
  const known: string[] = [];
  let best: { folder: Folder; name: string } | undefined;
  for (const folder of folders) {
    known.push(folder.config.label);
    for (const name of [folder.config.label, folder.config.id]) {
      if (trimmed !== name && !trimmed.startsWith(`${name}/`)) continue;
      if (best === undefined || name.length > best.name.length) best = { folder, name };
    }
  }
  if (best === undefined && trimmed.startsWith('/')) throw notOfTheDisk(text);
  if (best === undefined) throw folderUnknown(trimmed.split('/')[0] ?? trimmed, known);
  const inside = pathBytesFrom(trimmed.slice(best.name.length + 1));
  if (inside === '') return { folder: best.folder, inside: '' };
  const refusal = refusalOfPath(inside);
  if (refusal !== undefined) {
    throw new AppError('usage', `"${text}" is not a path in a folder (${refusal}).`, {
      hint: 'Write FOLDER/directory/file, without . or .. in it.',
    });
  }
  return { folder: best.folder, inside: inside as FolderPath };
}

function notOfTheDisk(text: string): AppError {
  return new AppError('folder_unknown', `"${text}" is a path on a disk, not one in a folder.`, {
    hint: 'Write FOLDER/directory/file; see which folders there are with: holdfast folder list',
  });
}

/** `known`: labels that may have been meant. */
export function folderUnknown(name: string, known: readonly string[]): AppError {
  return new AppError('folder_unknown', `There is no folder "${name}" here.`, {
    hint: `${didYouMean(name, known)}See which there are with: holdfast folder list`,
  });
}
