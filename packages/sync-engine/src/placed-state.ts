/**
 * What is written down of the disk after a placing: pure, from what was put there and what is shown.
 * Invariant: a state that the user made is never written down as that of a version.
 */
import type { FileStat } from '@holdfast/platform';
import type { PlaceItem } from './place-item.js';

/**
 * The disk's state that belongs to the version. Where the user was faster than this look, it is the
 * state of what was put there: a scan then finds that the disk shows something else.
 */
export function placedStat(
  { content, expected }: PlaceItem,
  written: FileStat | undefined,
  shown: FileStat | undefined,
): FileStat | undefined {
  if (content.type === 'nothing') return undefined;
  if (content.type === 'file') {
    const isOurs =
      shown?.inode === written?.inode &&
      shown?.sizeBytes === written?.sizeBytes &&
      shown?.mtimeNs === written?.mtimeNs;
    return isOurs ? shown : written;
  }
  if (content.type !== 'touch') return shown?.kind === content.type ? shown : undefined;
  if (shown === undefined || expected.type === 'absent') return undefined;
  const { inode, sizeBytes, ctimeNs } = expected.disk;
  const isSame =
    shown.kind === 'directory' || (shown.inode === inode && shown.sizeBytes === sizeBytes);
  return isSame ? shown : { ...shown, inode, sizeBytes, ctimeNs };
}

/** The conflict copy's; undefined where it is something else already: then a scan says what. */
export function copiedStat(
  { expected }: PlaceItem,
  shown: FileStat | undefined,
): FileStat | undefined {
  if (shown === undefined || expected.type === 'absent') return undefined;
  const { sizeBytes, mtimeNs } = expected.disk;
  const same = shown.kind === expected.kind && shown.mtimeNs === mtimeNs;
  return same && shown.sizeBytes === sizeBytes ? shown : undefined;
}
