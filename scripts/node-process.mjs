/** Starting and stopping real node processes, for the demo, the benchmarks and the crash runs. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createRestClient } from '../packages/rest-api/dist/index.js';

const command = fileURLToPath(new URL('../packages/cli/bin/holdfast.mjs', import.meta.url));

/**
 * Starts a node named `name` with its home in `place`, on free ports of the loopback interface.
 * @param {string} place
 * @param {string} name
 * @param {{ env?: NodeJS.ProcessEnv, listen?: string }} [options]
 */
export async function startNode(place, name, options = {}) {
  const home = join(place, `${name}-home`);
  const errors = openSync(join(place, `${name}.stderr`), 'a');
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeFlags ?? []),
      command,
      ...['--home', home, '--json', 'up', '--name', name, '--no-browser', '--no-mdns'],
      ...['--gui', '127.0.0.1:0', '--listen', options.listen ?? '/ip4/127.0.0.1/tcp/0'],
    ],
    { stdio: ['ignore', 'pipe', errors], detached: true, env: { ...process.env, ...options.env } },
  );
  closeSync(errors);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const ready = await firstLine(child, join(place, `${name}.stderr`));
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
    peakMemoryBytes() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    },
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
