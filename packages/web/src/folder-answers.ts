/** A folder's state in a word, and its three answers: private, intact, available. */
import type { Device, Folder, FolderState } from './node-state.js';
import { agoWords, countWords, listWords } from './plain-words.js';

export type Tone = 'good' | 'busy' | 'quiet' | 'warning' | 'alarm';

export interface Answer {
  readonly tone: Tone;
  readonly text: string;
  /** ISO 8601, shown exactly on hover. */
  readonly time?: string;
}

const stateTones: Readonly<Record<FolderState, { word: string; tone: Tone }>> = {
  'up-to-date': { word: 'Up to date', tone: 'good' },
  scanning: { word: 'Scanning', tone: 'busy' },
  syncing: { word: 'Syncing', tone: 'busy' },
  waiting: { word: 'Waiting', tone: 'quiet' },
  paused: { word: 'Paused', tone: 'quiet' },
  stopped: { word: 'Stopped', tone: 'alarm' },
  'out-of-sync': { word: 'Out of sync', tone: 'alarm' },
  'needs-confirmation': { word: 'Needs your answer', tone: 'warning' },
};

/** Whether nothing is wrong and the folder only differs as its mode lets it: the node says which. */
export function differsByMode(folder: Folder): boolean {
  if (folder.state !== 'out-of-sync') return false;
  if (folder.mode === 'send-only') return folder.needFiles > 0;
  return folder.mode === 'receive-only' && folder.receiveOnlyChangedFiles > 0;
}

/** The state of a folder in a word. */
export function stateOf(folder: Folder): { readonly word: string; readonly tone: Tone } {
  if (!differsByMode(folder)) return stateTones[folder.state];
  return { word: folder.mode === 'send-only' ? 'Out of sync' : 'Local changes', tone: 'warning' };
}

/** Which way changes travel, where it is not both ways; empty otherwise. */
export function modeWords({ mode, archive }: Folder): string {
  if (mode === 'send-only') return ', sends only';
  return mode === 'receive-only' && !archive ? ', receives only' : '';
}

export function privateAnswer(folder: Folder, devices: readonly Device[]): Answer {
  if (folder.members.length === 0) return { tone: 'good', text: 'This device only.' };
  const names = folder.members.map(
    (member) => devices.find(({ id }) => id === member)?.name ?? 'a device unknown here',
  );
  return { tone: 'good', text: `${listWords(['This device', ...names])} only.` };
}

export function intactAnswer(folder: Folder, nowMs: number): Answer {
  if (folder.lastDrill !== null) {
    const text = `A restore was proven ${agoWords(folder.lastDrill, nowMs)}.`;
    return { tone: 'good', text, time: folder.lastDrill };
  }
  if (folder.lastVerified !== null) {
    const text = `Checked ${agoWords(folder.lastVerified, nowMs)}; no restore proven yet.`;
    return { tone: 'good', text, time: folder.lastVerified };
  }
  return { tone: 'quiet', text: 'Not checked yet.' };
}

/** In how many archives the folder is; of one that keeps history only, this one is the first. */
export function placesOf({ archive, path, copies }: Folder): number {
  return archive && path === null ? Math.max(1, copies) : copies;
}

export function availableAnswer(folder: Folder, nowMs: number): Answer {
  const never = folder.copies === 0 && folder.lastArchived === null;
  if (folder.unarchivedFiles > 0 && !never) {
    return {
      tone: 'warning',
      text: `${countWords(folder.unarchivedFiles, 'change')} not archived yet.`,
    };
  }
  if (folder.copies === 0 && placesOf(folder) > 0) {
    return { tone: 'good', text: 'Its history is kept here.' };
  }
  if (folder.copies === 0) return { tone: 'warning', text: 'In no archive yet.' };
  const places = `Archived in ${countWords(folder.copies, 'place')}`;
  if (folder.lastArchived === null) return { tone: 'good', text: `${places}.` };
  const text = `${places}, ${agoWords(folder.lastArchived, nowMs)}.`;
  return { tone: 'good', text, time: folder.lastArchived };
}
