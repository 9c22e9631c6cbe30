export * from './assemble-node.js';
export type * from './kept-content.js';
export type * from './mass-change-answers.js';
export * from './node-config.js';
export * from './node-control.js';
export * from './node-seams.js';
export * from './run-node.js';
export * from './software-version.js';
export * from './time-expression.js';
