/** What moves in a folder, as rows of words with a share that is done. Pure. */
import type { Device, Folder, FolderProgress, Transfer } from './node-state.js';
import { countWords, durationWords, listWords, sizeWords, speedWords } from './plain-words.js';

export interface ProgressRow {
  /** Stays the same while the row is shown. */
  readonly key: string;
  readonly title: string;
  readonly amount: string;
  readonly pace: string;
  /** From 0 to 1; undefined where nobody knows how much there is. */
  readonly share: number | undefined;
}

export function progressRows(folder: Folder, devices: readonly Device[]): ProgressRow[] {
  const { progress } = folder;
  if (progress === null) return [];
  const nameOf = (id: string) => devices.find((device) => device.id === id)?.name ?? 'a device';
  const rows: ProgressRow[] = [];
  if (progress.scan !== null) rows.push(scanRow(progress.scan));
  if (progress.receiving !== null) rows.push(receivingRow(folder, progress.receiving, nameOf));
  for (const transfer of progress.sending) rows.push(sendingRow(transfer, folder, nameOf));
  return rows;
}

function scanRow(scan: NonNullable<FolderProgress['scan']>): ProgressRow {
  const { files, knownFiles, hashedBytes, bytesPerSecond } = scan;
  const known = knownFiles >= files && knownFiles > 0;
  const looked = known
    ? `${files.toLocaleString('en')} of ${countWords(knownFiles, 'file')}`
    : countWords(files, 'file');
  return {
    key: 'scan',
    title: 'Looking through the folder',
    amount: hashedBytes > 0 ? `${looked}, ${sizeWords(hashedBytes)} read` : looked,
    pace: bytesPerSecond > 0 ? speedWords(bytesPerSecond) : '',
    share: known ? files / knownFiles : undefined,
  };
}

function receivingRow(
  folder: Folder,
  receiving: NonNullable<FolderProgress['receiving']>,
  nameOf: (id: string) => string,
): ProgressRow {
  const { from } = receiving;
  const source =
    from.length > 0 ? ` from ${listWords(from.map(({ device }) => nameOf(device)))}` : '';
  return {
    key: 'receiving',
    title: `${folder.archive ? 'Archiving' : 'Arriving here'}${source}`,
    amount: `${amountWords(receiving, folder.archive ? 'version' : 'file')} to go`,
    pace: paceWords(receiving),
    share: shareDone(receiving),
  };
}

function sendingRow(
  sending: FolderProgress['sending'][number],
  folder: Folder,
  nameOf: (id: string) => string,
): ProgressRow {
  const isArchive = folder.archives.includes(sending.device);
  return {
    key: `sending ${sending.device}`,
    title: `${isArchive ? 'Being archived on' : 'On its way to'} ${nameOf(sending.device)}`,
    amount: `${amountWords(sending, isArchive ? 'version' : 'file')} to go`,
    pace: paceWords(sending),
    share: shareDone(sending),
  };
}

function amountWords({ files, bytes }: Transfer, one: string): string {
  return bytes > 0 ? `${countWords(files, one)}, ${sizeWords(bytes)}` : countWords(files, one);
}

function shareDone({ files, bytes, totalFiles, totalBytes }: Transfer): number {
  return totalBytes > 0 ? 1 - bytes / totalBytes : 1 - files / Math.max(1, totalFiles);
}

function paceWords({ bytesPerSecond, secondsLeft }: Transfer): string {
  const parts: string[] = [];
  if (bytesPerSecond > 0) parts.push(speedWords(bytesPerSecond));
  if (secondsLeft !== null) parts.push(`${durationWords(secondsLeft)} left`);
  return parts.join(', ');
}
