export type { LogDamage } from './history-log.js';
export type { VersionArchiveInit } from './open-store.js';
export type { AppendEntry } from './plan-append.js';
export * from './version-archive.js';
