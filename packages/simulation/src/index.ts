export * from './seams/index.js';
export * from './world/index.js';
