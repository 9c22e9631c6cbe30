export * from './seams/index.js';
