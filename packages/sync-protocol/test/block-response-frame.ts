import { type BlockResponse, encodeBlockResponse } from '@holdfast/sync-protocol';

/** The response as the other side gets it. */
export function blockResponseFrame(response: BlockResponse): Uint8Array {
  return new Uint8Array(Buffer.concat(encodeBlockResponse(response)));
}
