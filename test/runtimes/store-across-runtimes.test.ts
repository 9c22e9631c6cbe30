/** A store that one version of Node wrote is read, and written on, by the other. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArchiveStatus } from '@holdfast/node';
import { describe, expect, test } from 'vitest';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { pair, useTestWorld } from '../end-to-end/test-world.js';
import { treeSnapshot } from '../end-to-end/tree-snapshot.js';

interface Runtime {
  readonly version: string;
  /** What a node and its commands run under. */
  readonly prefix: readonly string[];
}

const installer = fileURLToPath(new URL('../../scripts/newer-node.mjs', import.meta.url));
const newerNode = execFileSync(process.execPath, [installer], { encoding: 'utf8' }).trim();
const here: Runtime = { version: process.version, prefix: [] };
const newer: Runtime = {
  version: execFileSync(newerNode, ['--version'], { encoding: 'utf8' }).trim(),
  // Puts it in the place of the runtime that a command was to run in.
  prefix: ['/bin/sh', '-c', `shift; exec "${newerNode}" "$@"`, 'sh'],
};
const text = Array.from({ length: 60_000 }, (_, line) => `line ${line * 7919} of a text\n`).join(
  '',
);

const world = useTestWorld({ commandsAsProcesses: true });

function runtimeOf(node: NodeProcess): unknown {
  const log = readFileSync(join(node.home, 'logs', 'holdfast.log'), 'utf8').split('\n');
  const last = log.findLast((line) => line.includes('"computing"'));
  return (JSON.parse(last ?? '{}') as { runtime?: unknown }).runtime;
}

async function settle(laptop: NodeProcess): Promise<void> {
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
}

async function restored(pi: NodeProcess, name: string): Promise<Record<string, string>> {
  const to = world.path(name);
  await pi.ask('restore', 'docs', '--to', to);
  return treeSnapshot(to);
}

describe.each([
  { writer: here, reader: newer },
  { writer: newer, reader: here },
])('a store that $writer.version wrote', ({ writer, reader }) => {
  test(`is read and written on by ${reader.version}, and read by the first again`, async () => {
    const [laptop, pi] = [world.node('laptop'), world.node('pi')];
    laptop.prefix = writer.prefix;
    pi.prefix = writer.prefix;
    await Promise.all([laptop.start(), pi.start()]);
    await pair(laptop, pi);
    const tree = world.directory('docs');
    mkdirSync(join(tree, 'small'));
    for (let count = 0; count < 50; count += 1) {
      writeFileSync(join(tree, 'small', `${count}`), `${count} `.repeat(count * 20 + 1));
    }
    writeFileSync(join(tree, 'text'), text);
    writeFileSync(join(tree, 'noise'), randomBytes(1_500_000));
    const { id } = await laptop.ask<{ id: string }>('folder', 'add', tree, '--label', 'docs');
    await laptop.ask('folder', 'share', 'docs', 'pi');
    await pi.accept(id, '--archive');
    await settle(laptop);
    const { bytes, storedBytes } = await pi.ask<ArchiveStatus>('archive', 'status');
    expect(storedBytes).toBeLessThan(bytes * 0.75);
    expect(runtimeOf(pi)).toBe(writer.version);

    await pi.stop();
    pi.prefix = reader.prefix;
    await pi.start();
    expect(runtimeOf(pi)).toBe(reader.version);
    expect(await restored(pi, 'as-read')).toEqual(treeSnapshot(tree));

    await laptop.stop();
    laptop.prefix = reader.prefix;
    await laptop.start();
    writeFileSync(join(tree, 'text'), `one more line\n${text}`);
    writeFileSync(join(tree, 'small', 'new'), 'new '.repeat(500));
    await settle(laptop);

    await pi.stop();
    pi.prefix = writer.prefix;
    await pi.start();
    expect(runtimeOf(pi)).toBe(writer.version);
    expect(await restored(pi, 'as-read-again')).toEqual(treeSnapshot(tree));
    expect((await pi.run('cat', 'docs/text')).stdout.toString()).toBe(`one more line\n${text}`);
  });
});
