/** The codecs side by side, so that one law can be tested on all of them. */
import {
  decodeBlockRequest,
  decodeBlockResponse,
  decodeControl,
  decodeHistoryAnswer,
  decodeHistoryRequest,
  decodePairAnswer,
  decodePairRequest,
  encodeBlockRequest,
  encodeControl,
  encodeHistoryAnswer,
  encodeHistoryRequest,
  encodePairAnswer,
  encodePairRequest,
} from '@holdfast/sync-protocol';
import type fc from 'fast-check';
import { blockResponseFrame } from './block-response-frame.js';
import * as arbitrary from './message-arbitraries.js';

export interface MessageKind {
  readonly name: string;
  /** A message with its frame. */
  readonly sample: fc.Arbitrary<{ readonly message: unknown; readonly frame: Uint8Array }>;
  decode(frame: Uint8Array): unknown;
}

function kindOf<T>(
  name: string,
  messages: fc.Arbitrary<T>,
  encode: (message: T) => Uint8Array,
  decode: (frame: Uint8Array) => T,
): MessageKind {
  return {
    name,
    sample: messages.map((message) => ({ message, frame: encode(message) })),
    decode,
  };
}

export const messageKinds: readonly MessageKind[] = [
  kindOf('control messages', arbitrary.controlMessage, encodeControl, decodeControl),
  kindOf('block requests', arbitrary.blockRequest, encodeBlockRequest, decodeBlockRequest),
  kindOf('block responses', arbitrary.blockResponse, blockResponseFrame, decodeBlockResponse),
  kindOf('history requests', arbitrary.historyRequest, encodeHistoryRequest, decodeHistoryRequest),
  kindOf('history answers', arbitrary.historyAnswer, encodeHistoryAnswer, decodeHistoryAnswer),
  kindOf('pair requests', arbitrary.pairRequest, encodePairRequest, decodePairRequest),
  kindOf('pair answers', arbitrary.pairAnswer, encodePairAnswer, decodePairAnswer),
];
