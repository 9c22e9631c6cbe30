/** `diff` on a trio of nodes: what differs between two versions, as text and by blocks. */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiffResult, LogResult } from '@holdfast/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';

const large = randomBytes(3 * 1024 * 1024);
const world = useTestWorld({ lasts: 'the whole file' });
let shared: SharedFolder;

beforeAll(async () => {
  shared = await shareDocs(world);
  const { laptopTree, desktopTree } = shared;
  writeFileSync(join(laptopTree, 'note.txt'), 'second\n');
  writeFileSync(join(laptopTree, 'gone.txt'), 'one\ntwo\n');
  writeFileSync(join(laptopTree, 'large.bin'), large);
  await settle(shared);
  rmSync(join(laptopTree, 'gone.txt'));
  writeFileSync(join(desktopTree, 'note.txt'), 'third, from the desktop\n');
  await settle(shared);
});

describe('diff', () => {
  async function versionsOf(path: string): Promise<string[]> {
    return (await shared.laptop.ask<LogResult>('log', path)).versions.map(({ version }) => version);
  }

  test('shows text line by line, in the form that patch takes', async () => {
    const [third, second] = await versionsOf('docs/note.txt');
    const found = await shared.laptop.ask<DiffResult>('diff', 'docs/note.txt', second!, third!);
    expect(found).toMatchObject({ type: 'text', addedLines: 1, removedLines: 1, reason: '' });
    const expected = [
      `--- note.txt\t${second!.slice(0, 16)}`,
      `+++ note.txt\t${third!.slice(0, 16)}`,
      '@@ -1,1 +1,1 @@',
      '-second',
      '+third, from the desktop',
      '',
    ].join('\n');
    expect(found.text).toBe(expected);
    expect(found.from).toMatchObject({ version: second, kind: 'file', size: 7, blocks: 1 });
    const byDigits = await shared.pi.ask<DiffResult>(
      'diff',
      `${shared.id}/note.txt`,
      second!.slice(0, 8),
      third!.slice(0, 8),
    );
    expect(byDigits.text).toBe(expected);
  });

  test('compares by blocks what is no text or too long, and names the parts that differ', async () => {
    const edited = Buffer.from(large);
    edited.fill('x', 1_000_000, 1_000_100);
    writeFileSync(join(shared.laptopTree, 'large.bin'), edited);
    await settle(shared);
    const [after, before_] = await versionsOf('docs/large.bin');
    const found = await shared.laptop.ask<DiffResult>('diff', 'docs/large.bin', before_!, after!);
    expect(found).toMatchObject({ type: 'binary', text: '' });
    expect(found.reason).not.toBe('');
    const { blocks } = found;
    expect(blocks.common).toBeGreaterThan(0);
    expect(blocks.commonBytes + blocks.onlyToBytes).toBe(edited.length);
    expect(blocks.commonBytes + blocks.onlyFromBytes).toBe(large.length);
    const changed = blocks.ranges.some(
      ({ offset, bytes }) => offset <= 1_000_000 && offset + bytes >= 1_000_100,
    );
    expect(changed).toBe(true);
  });

  test('a deletion takes all lines away; a version and itself are the same', async () => {
    const [deletion, creation] = await versionsOf('docs/gone.txt');
    const path = 'docs/gone.txt';
    const gone = await shared.laptop.ask<DiffResult>('diff', path, creation!, deletion!);
    expect(gone).toMatchObject({ type: 'text', addedLines: 0, removedLines: 2 });
    expect(gone.to).toMatchObject({ kind: 'tombstone', size: 0 });
    expect(gone.text).toContain('+++ /dev/null');
    const same = await shared.laptop.ask<DiffResult>('diff', path, creation!, creation!);
    expect(same).toMatchObject({ type: 'same', blocks: { onlyFrom: 0, onlyTo: 0 } });
  });

  test('unknown versions are not found, and folders have no diff', async () => {
    const [version] = await versionsOf('docs/note.txt');
    const { laptop } = shared;
    const unknown = await laptop.refuses(6, 'diff', 'docs/note.txt', version!, 'f'.repeat(64));
    expect(unknown.code).toBe('version_unknown');
    await laptop.refuses(2, 'diff', 'docs/note.txt', version!, 'zz');
    await laptop.refuses(2, 'diff', 'docs', version!, version!);
    await laptop.refuses(2, 'diff', 'docs/note.txt', version!);
  });
});
