export * from './run-seed.js';
export * from './seed-failure.js';
