/** What this device's user let go of a folder's history, in words for the page. */
import type { Folder } from './node-state.js';
import { agoWords, countWords, durationWords, shellWord, sizeWords } from './plain-words.js';

export interface ThinnedWords {
  readonly sentences: readonly string[];
  /** What a person may type to keep what waits, or to free it; each with what it is for. */
  readonly commands: readonly { readonly text: string; readonly command: string }[];
}

/** Undefined where nothing was thinned. */
export function thinnedWords(
  { label, thinned }: Pick<Folder, 'label' | 'thinned'>,
  nowMs: number,
): ThinnedWords | undefined {
  if (!thinned) return undefined;
  const { waiting, waitingBytes, marked, freeFrom, freed, freedBytes, compacted } = thinned;
  const sentences: string[] = [];
  const commands: { text: string; command: string }[] = [];
  if (waiting > 0) {
    const when = marked === null ? '' : `, marked ${agoWords(marked, nowMs)}`;
    const leftMs = freeFrom === null ? 0 : Date.parse(freeFrom) - nowMs;
    const from = leftMs > 0 ? `, in ${durationWords(leftMs / 1000)} at the earliest` : '';
    const space = waitingBytes === null ? 'Their space' : `Up to ${sizeWords(waitingBytes)}`;
    sentences.push(`Thinned here, and not freed yet: ${countWords(waiting, 'version')}${when}.`);
    commands.push(
      {
        text: `${space} can be freed${from}, with:`,
        command: 'npx holdfast archive compact',
      },
      {
        text: 'Until then, to keep them after all, type:',
        command: `npx holdfast archive thin ${shellWord(label)} --undo`,
      },
    );
  }
  if (freed > 0) {
    sentences.push(`Thinned here and gone: ${countWords(freed, 'version')}.`);
    if (compacted !== null) {
      const ago = agoWords(compacted, nowMs);
      sentences.push(`That freed ${sizeWords(freedBytes)} of the whole store, last ${ago}.`);
    }
  }
  return { sentences, commands };
}
