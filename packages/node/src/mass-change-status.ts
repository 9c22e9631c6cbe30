/** The guard against mass changes, in words and in plain data: what it asks. */
import type { MassChange } from '@holdfast/model';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { MassChangeStatus } from './mass-change-answers.js';

export function massChangeStatus(
  change: MassChange,
  nameOf: (device: string) => string,
): MassChangeStatus {
  const { id, author, holder, deleted, rewritten, files, answer } = change;
  return {
    id,
    device: author,
    deviceName: nameOf(author),
    heldBy: holder,
    heldByName: nameOf(holder),
    since: new Date(change.sinceMs).toISOString(),
    deleted,
    rewritten,
    files,
    answer,
  };
}

/** What happened, of whose doing, and what to do; for people. Empty where nothing waits. */
export function massChangeReason(changes: readonly MassChangeStatus[], label: string): string {
  if (changes.length === 0) return '';
  const name = /^[A-Za-z0-9._-]+$/.test(label) ? label : JSON.stringify(label);
  const what = changes.map(
    ({ deviceName, since, files, heldByName, ...counts }) =>
      `${deviceName} ${countWords(counts)} of ${files} files since ${since}; ${heldByName} keeps that back until somebody answers.`,
  );
  return [
    ...what,
    `If it was meant: holdfast folder confirm ${name}.`,
    `If not, everything is put back with: holdfast folder reject ${name}`,
  ].join(' ');
}

function countWords({ deleted, rewritten }: { deleted: number; rewritten: number }): string {
  const parts = [
    ...(deleted > 0 ? [`deleted ${deleted}`] : []),
    ...(rewritten > 0 ? [`rewrote ${rewritten}`] : []),
  ];
  return parts.length === 0 ? 'changed some' : parts.join(' and ');
}

/** For scripts that follow events. */
export function massChangeEvent(
  folder: string,
  engine: FolderEngine | undefined,
): Record<string, unknown> {
  const [newest] = engine?.massChanges.all() ?? [];
  if (newest === undefined) return { folder };
  const { id, author, deleted, rewritten, answer } = newest;
  const open = engine?.massChanges.open().length ?? 0;
  return { folder, id, device: author, deleted, rewritten, answer, open };
}
