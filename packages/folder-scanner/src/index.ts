export * from './confinement.js';
export * from './folder-marker.js';
export * from './folder-scanner.js';
export * from './list-block-store.js';
export * from './observe.js';
export * from './observe-context.js';
export * from './scan-jobs.js';
export * from './scan-problems.js';
