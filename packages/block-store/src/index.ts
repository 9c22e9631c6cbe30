export type { CompactedSegment, SparseSegment } from './block-compaction.js';
export * from './block-list.js';
export * from './block-payload.js';
export { forgetBlockIndex } from './block-index-upkeep.js';
export * from './block-store.js';
export * from './block-store-jobs.js';
export type { BlockStoreInit, BlockStoreStats } from './block-store-types.js';
export * from './block-verification.js';
export * from './envelope.js';
export * from './fast-cdc.js';
export { freedSegmentBytes } from './freed-segment.js';
export * from './open-blocks.js';
export * from './segment-format.js';
export * from './segment-stream.js';
export * from './segment-types.js';
export {
  type SegmentFault,
  sealAgain,
  type VerifiedPart,
  type VerifyOptions,
} from './verify-segments.js';
