/** What moves in a folder, as a line each for a terminal. */
import type {
  FolderStatus,
  ReceivingProgress,
  ScanningProgress,
  SendingProgress,
  TransferProgress,
} from '@holdfast/node';
import { countText, durationText, printable, sizeText } from './printable-text.js';

/** A device by its name; its id where it is not known here. */
export type NameOf = (device: string) => string;

export function progressLines(folder: FolderStatus, nameOf: NameOf): string[] {
  const { progress } = folder;
  if (progress === null) return [];
  const lines: string[] = [];
  if (progress.scan !== null) lines.push(scanLine(progress.scan));
  if (progress.receiving !== null) lines.push(receivingLine(folder, progress.receiving, nameOf));
  for (const one of progress.sending) lines.push(sendingLine(folder, one, nameOf));
  return lines;
}

function scanLine(scan: ScanningProgress): string {
  const { files, knownFiles, hashedBytes, bytesPerSecond } = scan;
  const looked =
    knownFiles >= files && knownFiles > 0
      ? `${files.toLocaleString('en')} of ${countText(knownFiles, 'file')}`
      : countText(files, 'file');
  const parts = [`Looking through the folder: ${looked}`];
  if (hashedBytes > 0) parts.push(`${sizeText(hashedBytes)} read`);
  if (bytesPerSecond > 0) parts.push(`${sizeText(bytesPerSecond)}/s`);
  return `${parts.join(', ')}.`;
}

function receivingLine(folder: FolderStatus, receiving: ReceivingProgress, nameOf: NameOf): string {
  const names = receiving.from.map(({ device }) => printable(nameOf(device)));
  const from = names.length > 0 ? ` from ${names.join(' and ')}` : '';
  const title = folder.archive ? 'Archiving' : 'Arriving';
  return `${title}${from}: ${leftText(receiving, folder.archive ? 'version' : 'file')}.`;
}

function sendingLine(folder: FolderStatus, sending: SendingProgress, nameOf: NameOf): string {
  const isArchive = folder.archives.includes(sending.device);
  const what = leftText(sending, isArchive ? 'version' : 'file');
  const name = printable(nameOf(sending.device));
  return isArchive ? `Being archived on ${name}: ${what}.` : `On its way to ${name}: ${what}.`;
}

function leftText(left: TransferProgress, one: string): string {
  const { files, bytes, bytesPerSecond, secondsLeft } = left;
  const parts = [`${countText(files, one)}${bytes > 0 ? `, ${sizeText(bytes)}` : ''} to go`];
  if (bytesPerSecond > 0) parts.push(`${sizeText(bytesPerSecond)}/s`);
  if (secondsLeft !== null) parts.push(`${aboutText(secondsLeft)} left`);
  return parts.join(', ');
}

/** An estimate, which moves. */
function aboutText(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} seconds`;
  return `about ${durationText(seconds)}`;
}
