export * from './node-control.js';
