/** The real process as an Environment. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AppError, type Clock, fileTrouble } from '@holdfast/platform';
import type { Environment, StopSignal } from './environment.js';
import { exitCodes } from './exit-code.js';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const terminatedExitCode = 143;

/** Unlike a node's clock its timers keep the process alive: a verb that waits is still at work. */
const processClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

async function readText(path: string): Promise<string> {
  try {
    const bytes = path === '-' ? await buffer(process.stdin) : await readFile(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const trouble = error instanceof TypeError ? 'it is no UTF-8 text' : fileTrouble(error);
    throw new AppError('usage', `${path} cannot be read: ${trouble}.`, {
      hint: 'Nothing was changed.',
      cause: error,
    });
  }
}

export function processEnvironment(): Environment {
  let onSignal = (signal: StopSignal): void =>
    process.exit(signal === 'SIGINT' ? exitCodes.interrupted : terminatedExitCode);
  for (const signal of stopSignals) process.on(signal, () => onSignal(signal));
  // A reader that left (`| head`) is no failure; who writes sees `writable` turn false.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exit(exitCodes.failed);
    });
  }
  return {
    variables: process.env,
    workingDirectory: process.cwd(),
    launch: [process.execPath, resolve(process.argv[1] ?? '')],
    stdout: process.stdout,
    stderr: process.stderr,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    clock: processClock,
    readText,
    processLives(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        // ESRCH: nobody has it. EPERM: another user's process has it, so it is not our node.
        return false;
      }
    },
    onStopSignal(handler) {
      onSignal = handler;
    },
    exit: (code) => process.exit(code),
  };
}
