export * from './coverage.js';
export type { ContentPlace } from './disk-hints.js';
export type { IndexPolicy, Need, QueuedOffer } from './entry-change.js';
export * from './folder-index.js';
export * from './guard-mark.js';
export type { IgnoredPaths } from './ignored-paths.js';
export * from './index-state.js';
export * from './path-entry.js';
export * from './renumbering.js';
