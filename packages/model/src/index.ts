export * from './byte-codec.js';
export * from './conflict.js';
export * from './file-record.js';
export * from './folder-path.js';
export * from './history.js';
export * from './ids.js';
export * from './record-codec.js';
export * from './version-vector.js';
