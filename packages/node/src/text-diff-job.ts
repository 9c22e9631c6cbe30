/**
 * A unified diff of two texts, for worker threads: what two long and wholly different texts cost is
 * bounded (Myers, "An O(ND) Difference Algorithm", grows with the number of differences).
 */
import type { BulkJob } from '@holdfast/platform';
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';

/** A longer text is compared by its blocks. */
export const maxTextBytes = 1024 * 1024;
/** Texts with more lines added and removed than this are not compared line by line. */
const maxEditLength = 4_000;
const contextLines = 3;

export interface TextDiffInput {
  readonly fromName: string;
  readonly toName: string;
  readonly fromLabel: string;
  readonly toLabel: string;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export type TextDiffOutput =
  | {
      readonly type: 'text';
      readonly text: string;
      readonly addedLines: number;
      readonly removedLines: number;
    }
  | { readonly type: 'not-text' | 'too-different' };

export const textDiffJob: BulkJob<TextDiffInput, TextDiffOutput> = {
  name: 'history-text-diff',
  perform({ fromName, toName, fromLabel, toLabel, from, to }) {
    const before = textFrom(from);
    const after = textFrom(to);
    if (before === undefined || after === undefined) return { type: 'not-text' };
    const options = { context: contextLines, maxEditLength };
    const patch = structuredPatch(fromName, toName, before, after, fromLabel, toLabel, options);
    if (patch === undefined) return { type: 'too-different' };
    const lines = patch.hunks.flatMap((hunk) => hunk.lines);
    return {
      type: 'text',
      text: formatPatch(patch, FILE_HEADERS_ONLY),
      addedLines: lines.filter((line) => line.startsWith('+')).length,
      removedLines: lines.filter((line) => line.startsWith('-')).length,
    };
  },
};

/** Undefined for what a person would not read: bytes that are not UTF-8, or hold a NUL. */
function textFrom(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The only thing that a strict decoder says is that it is no text.
    return undefined;
  }
}
