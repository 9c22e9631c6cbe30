/** Starting and stopping real node processes, for the demo, the benchmarks and the torture. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createRestClient } from '../packages/rest-api/dist/index.js';
import { peakResidentBytes } from './process-memory.mjs';

const command = fileURLToPath(new URL('../packages/cli/bin/holdfast.mjs', import.meta.url));

/**
 * Starts a node named `name` with its home in `place`, on free ports of the loopback interface.
 * @param {string} place
 * @param {string} name
 * @param {{ env?: NodeJS.ProcessEnv, listen?: string, nodeFlags?: string[] }} [options]
 */
export function startNode(place, name, options = {}) {
  return launchNode(place, name, options).ready;
}

/**
 * The same without waiting: a process that may end before it is ready. `exited` resolves with its
 * exit code and signal; `ready` with the node, or rejects. Words before the command go into
 * `prefix`, and `logs` is a directory for what it writes to stderr.
 * @param {string} place
 * @param {string} name
 * @param {{ env?: NodeJS.ProcessEnv, listen?: string, nodeFlags?: string[], prefix?: string[],
 *   logs?: string }} [options]
 */
export function launchNode(place, name, options = {}) {
  const home = join(place, `${name}-home`);
  const errorsPath = join(options.logs ?? place, `${name}.stderr`);
  const errors = openSync(errorsPath, 'a');
  const [program, ...words] = [
    ...(options.prefix ?? []),
    process.execPath,
    ...(options.nodeFlags ?? []),
  ];
  const child = spawn(
    program,
    [
      ...words,
      command,
      ...['--home', home, '--json', 'up', '--name', name, '--no-browser', '--no-mdns'],
      ...['--gui', '127.0.0.1:0', '--listen', options.listen ?? '/ip4/127.0.0.1/tcp/0'],
    ],
    { stdio: ['ignore', 'pipe', errors], detached: true, env: { ...process.env, ...options.env } },
  );
  closeSync(errors);
  const exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const first = firstLine(child, errorsPath);
  return {
    child,
    exited,
    ready: first.then((ready) => runningNode({ name, place, home, child, exited, ready })),
  };
}

function runningNode({ name, place, home, child, exited, ready }) {
  const token = readFileSync(join(home, 'api-token'), 'utf8').trim();
  return {
    name,
    place,
    home,
    pid: child.pid,
    device: ready.device,
    addresses: ready.addresses,
    control: createRestClient({ address: ready.gui, token }),
    /** Ends it as a person would; resolves when it is gone. */
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
    /** Ends it as a power switch would, the disk's cache apart. */
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    /** Lets this process end while the node goes on. */
    detach() {
      child.stdout.destroy();
      child.unref();
    },
    /** The largest resident size so far (Linux). */
    peakMemoryBytes: () => peakResidentBytes(child.pid),
  };
}

function firstLine(child, errors) {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.once('line', (line) => {
      lines.close();
      child.stdout.resume();
      resolve(JSON.parse(line));
    });
    child.once('exit', (code) => {
      reject(new Error(`the node ended with ${code}: ${readFileSync(errors, 'utf8')}`));
    });
  });
}
