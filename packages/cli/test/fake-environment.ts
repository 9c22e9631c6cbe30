/** A command line in this process: its streams as text, its home a temporary directory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Environment, StopSignal } from '../src/environment.js';
import { runCommandLine } from '../src/main.js';
import type { NodeRunner } from '../src/node-runner.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface FakeShell {
  readonly home: string;
  readonly exits: number[];
  /** What was written so far by the command that runs. */
  out(): string;
  signal(signal: StopSignal): void;
  /** Writes what the CLI looks for to find a node. */
  pointAt(port: number, token: string, pid?: number): void;
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  remove(): void;
}

export interface RunOptions {
  readonly variables?: Record<string, string>;
  readonly terminal?: boolean;
  readonly runner?: NodeRunner;
}

export const deadPid = 999_999_999;

export function createFakeShell(): FakeShell {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-home-'));
  const exits: number[] = [];
  let handler: (signal: StopSignal) => void = () => {};
  let stdout = collector();
  return {
    home,
    exits,
    out: () => stdout.text(),
    signal: (signal) => handler(signal),
    pointAt(port, token, pid = process.pid) {
      writeFileSync(join(home, 'api.json'), JSON.stringify({ pid, address: `127.0.0.1:${port}` }));
      writeFileSync(join(home, 'api-token'), `${token}\n`);
    },
    async run(args, { variables = {}, terminal = false, runner } = {}) {
      stdout = collector();
      const stderr = collector();
      const environment: Environment = {
        variables: { HOLDFAST_HOME: home, ...variables },
        workingDirectory: '/home/ada',
        launch: ['/usr/bin/node', '/opt/hold fast/holdfast.mjs'],
        stdout: stdout.stream,
        stderr: stderr.stream,
        stdoutIsTerminal: terminal,
        stderrIsTerminal: terminal,
        clock: {
          now: () => Date.UTC(2026, 2, 1, 12),
          monotonic: () => 0,
          setTimer: (_delayMs, callback) => {
            setImmediate(callback);
            return { cancel() {} };
          },
        },
        readText: async (path) => `// ${path}\n*.tmp\n`,
        processLives: (pid) => pid !== deadPid,
        onStopSignal: (next) => {
          handler = next;
        },
        exit: (code) => exits.push(code),
      };
      const loadRunner = runner === undefined ? undefined : () => Promise.resolve(runner);
      const code = await runCommandLine(args, environment, loadRunner);
      return { code, out: stdout.text(), err: stderr.text() };
    },
    remove: () => rmSync(home, { recursive: true }),
  };
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
