/**
 * The built command line as a function call in the test's own process: the same arguments, requests,
 * answers and exit codes, without the start of a process for each. For tests that use commands to
 * get somewhere; those about the command line itself start processes (`command-line.ts`).
 */
import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { runCommandLine } from '@holdfast/cli';
import { systemClock } from '@holdfast/platform-node';
import { executable, type Outcome } from './command-line.js';
import { commandPatienceMs } from './patience.js';

export async function runInPlace(home: string, ...given: readonly string[]): Promise<Outcome> {
  const stdout = new CollectedBytes();
  const stderr = new CollectedBytes();
  const { HOLDFAST_HOME: _unused, ...others } = process.env;
  const variables = { ...others, XDG_CACHE_HOME: `${home}-cache` };
  const exitCode = await inTime(
    runCommandLine(['--home', home, '--json', ...given], {
      variables,
      workingDirectory: process.cwd(),
      launch: [process.execPath, executable],
      stdout,
      stderr,
      stdoutIsTerminal: false,
      stderrIsTerminal: false,
      clock: systemClock,
      readText: (path) => readFile(path, 'utf8'),
      processLives: lives,
      onStopSignal: () => {},
      exit: (code) => {
        throw new Error(`A command wanted to end the process, with ${code}.`);
      },
    }),
    given.join(' '),
  );
  return { exitCode, stdout: stdout.bytes, stderr: stderr.bytes.toString('utf8') };
}

class CollectedBytes extends Writable {
  readonly #chunks: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function inTime<Value>(work: Promise<Value>, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It hangs: ${what}`)), commandPatienceMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
