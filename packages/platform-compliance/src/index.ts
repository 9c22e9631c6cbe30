export * from './file-system.js';
export * from './file-watcher.js';
export * from './key-value-store.js';
export * from './network.js';
export * from './network-discovery.js';
