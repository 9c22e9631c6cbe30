export * from './segment-stream.js';
