/** What a device's user let go of a folder's history, as lines for a terminal. */
import type { ThinnedStatus } from '@holdfast/node';
import { agoText, countText, localTimeText, printable, sizeText } from './printable-text.js';
import { shellWord } from './shell-word.js';

/** Empty where nothing was thinned. */
export function thinnedLines(
  { label, thinned }: { readonly label: string; readonly thinned: ThinnedStatus | null },
  nowMs: number,
): string[] {
  if (thinned === null) return [];
  const { waiting, marked, freed, freedBytes, compacted } = thinned;
  const lines: string[] = [];
  if (waiting > 0) {
    const when = marked === null ? '' : `, marked ${agoText(marked, nowMs)}`;
    lines.push(
      `Thinned, and not freed yet: ${countText(waiting, 'version')}${when}.`,
      `${freeableText(thinned, nowMs)} Until then this keeps them: holdfast archive thin ${shellWord(printable(label))} --undo`,
    );
  }
  if (freed > 0) {
    const space =
      compacted === null
        ? ''
        : ` Compacting has freed ${sizeText(freedBytes)} of the whole store, last ${agoText(compacted, nowMs)}.`;
    lines.push(`Thinned and gone: ${countText(freed, 'version')}.${space}`);
  }
  return lines;
}

function freeableText({ waitingBytes, freeFrom }: ThinnedStatus, nowMs: number): string {
  const space = waitingBytes === null ? 'their space' : `up to ${sizeText(waitingBytes)}`;
  const isDue = freeFrom === null || Date.parse(freeFrom) <= nowMs;
  const from = isDue ? '' : ` from ${localTimeText(freeFrom)} on`;
  return `holdfast archive compact frees ${space}${from}.`;
}
