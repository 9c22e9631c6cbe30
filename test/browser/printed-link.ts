/** The one-time link that `holdfast up` prints for a person. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { defaultUp } from '../end-to-end/node-process.js';
import { conditionPatienceMs } from '../end-to-end/patience.js';
import type { TestWorld } from '../end-to-end/test-world.js';

const executable = fileURLToPath(new URL('../../packages/cli/bin/holdfast.mjs', import.meta.url));

/** Starts a node as a person would; it ends with the world. */
export async function firstLinkOf(world: TestWorld, name: string): Promise<string> {
  const given = ['--home', world.path(`${name}-home`), 'up', '--name', name, '--no-browser'];
  const child = spawn(process.execPath, [executable, ...given, ...defaultUp], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  world.onClose(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), conditionPatienceMs);
  let printed = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += String(text);
    const link = /http:\S+\/login\/\S+/.exec(printed)?.[0];
    if (link === undefined) continue;
    clearTimeout(timer);
    return link;
  }
  throw new Error(`up printed no link: ${printed}`);
}
