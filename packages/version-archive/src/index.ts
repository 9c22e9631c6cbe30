export {
  type CompactionRequest,
  type CompactionStep,
  nothingFreed,
  withStep,
} from './archive-compaction.js';
export type {
  ThinnedCount,
  ThinningPlan,
  ThinningRequest,
  WaitingMark,
} from './archive-thinning.js';
export * from './archive-verification.js';
export type { LogDamage } from './history-log.js';
export {
  type BlockPlace,
  type LostBlock,
  type LostContent,
  type LostVersion,
  nothingLost,
} from './needed-blocks.js';
export type { VersionArchiveInit } from './open-store.js';
export type { AppendEntry } from './plan-append.js';
export type { NeededVersions, ThinnedVersion } from './plan-thinning.js';
export { readStoreIdentity, type StoreIdentity } from './store-identity.js';
export * from './version-archive.js';
