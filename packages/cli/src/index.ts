export { exitCodeOf, exitCodes } from './exit-code.js';
export { main, runCommandLine } from './main.js';
