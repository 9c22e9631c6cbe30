/** What bringing something back asks of the node, and what comes of it in words. Pure. */
import { countWords, durationWords, nameWords, sizeWords, speedWords } from './plain-words.js';

/** Where it goes: beside the folder, into it where something is missing, over what is there, or elsewhere. */
export type Way = 'beside' | 'missing' | 'over' | 'elsewhere';

export interface Restored {
  readonly restored: number;
  readonly skipped: number;
  /** There from an earlier try, and whole. */
  readonly kept: number;
  readonly bytes: number;
  readonly to: string;
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

export interface RestoreProgress {
  readonly to: string;
  readonly files: number;
  readonly bytes: number;
  readonly totalFiles: number | null;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

/** What comes back, as history names it. */
export interface Wanted {
  readonly path: string;
  readonly at?: string | undefined;
  readonly version?: string | undefined;
}

/** `to`: of a preview, the place that it found; else the one that the person gave. */
export function restoreRequest(wanted: Wanted, way: Way, to: string | undefined, dryRun: boolean) {
  const policies = { missing: 'never', over: 'if-changed' } as const;
  if (way === 'missing' || way === 'over') return { ...wanted, overwrite: policies[way], dryRun };
  return { ...wanted, ...(to !== undefined && to !== '' && { to }), dryRun };
}

/** What would happen, before it does. */
export function previewWords({ restored, skipped, bytes, to, failed }: Restored, way: Way): string {
  const sentences: string[] = [];
  const what = `${countWords(restored, 'file')}, ${sizeWords(bytes)},`;
  const place = nameWords(to);
  if (restored === 0) sentences.push('Nothing would be written.');
  else if (way === 'over') {
    sentences.push(
      `${what} would be written into ${place}. What they replace is kept aside until it is archived.`,
    );
  } else if (way === 'missing') {
    sentences.push(
      `${what} would be written into ${place}, where there is nothing of that name now.`,
    );
  } else sentences.push(`${what} would be written to ${place}. Nothing else is touched.`);
  if (skipped > 0) sentences.push(`${countWords(skipped, 'file')} would be left as they are.`);
  if (failed.length > 0) sentences.push(`${countWords(failed.length, 'file')} cannot come back.`);
  return sentences.join(' ');
}

export function resultWords({ restored, skipped, kept, bytes, to, failed }: Restored): string {
  const sentences = [
    `${countWords(restored, 'file')}, ${sizeWords(bytes)}, brought back to ${nameWords(to)}.`,
  ];
  if (kept > 0) sentences.push(`${countWords(kept, 'file')} were there already, and whole.`);
  if (skipped > 0) sentences.push(`${countWords(skipped, 'file')} left as they were.`);
  if (failed.length > 0) sentences.push(`${countWords(failed.length, 'file')} did not come back:`);
  else sentences.push('Every byte was verified.');
  return sentences.join(' ');
}

export interface ProgressWords {
  readonly amount: string;
  readonly pace: string;
  readonly share: number | undefined;
}

export function progressWords(progress: RestoreProgress | undefined): ProgressWords {
  if (progress === undefined) return { amount: 'Beginning', pace: '', share: undefined };
  const { files, bytes, totalFiles, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const of = totalFiles === null ? '' : ` of ${totalFiles.toLocaleString('en')}`;
  const pace = bytesPerSecond > 0 ? [speedWords(bytesPerSecond)] : [];
  if (secondsLeft !== null) pace.push(`${durationWords(secondsLeft)} left`);
  const shareOf = (done: number, total: number | null) =>
    total === null || total === 0 ? undefined : Math.min(1, done / total);
  return {
    amount: `${files.toLocaleString('en')}${of} files, ${sizeWords(bytes)}`,
    pace: pace.join(', '),
    share: shareOf(bytes, totalBytes) ?? shareOf(files, totalFiles),
  };
}
