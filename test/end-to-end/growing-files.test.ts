/** Files that are written all the time: no mixture is published, they are listed, and arrive when they rest. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FolderProblem } from '@holdfast/node';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import { settle, shareDocs, useTestWorld } from './test-world.js';

const world = useTestWorld();
const mebibyte = 1024 * 1024;
const begun = [1, 12] as const;
const pathOf = (tree: string, megabytes: number) => join(tree, `${megabytes} MiB`);

/** No two pieces are alike, so that a mixture would show. */
function piece(number: number, bytes: number): Buffer {
  return Buffer.alloc(bytes, `piece ${number}, `);
}

/** Appends as fast as timers come, until it is told to end. */
function appending(paths: readonly string[]): { end: () => void } {
  let number = 0;
  const timer = setInterval(() => {
    number += 1;
    for (const path of paths) appendFileSync(path, piece(number, 2_000));
  }, 2);
  return { end: () => clearInterval(timer) };
}

/** Whether what the other device shows, if it shows anything, is a beginning of the file. */
function isBeginning(here: string, there: string): boolean {
  if (!existsSync(there)) return true;
  const shown = readFileSync(there);
  return readFileSync(here).subarray(0, shown.length).equals(shown);
}

test('what grows while it is read is listed, never mixed, and arrives whole once it rests', async () => {
  const shared = await shareDocs(world);
  const { laptop, laptopTree, desktopTree } = shared;
  const paths = begun.map((megabytes) => pathOf(laptopTree, megabytes));
  for (const [at, path] of paths.entries()) writeFileSync(path, piece(0, begun[at]! * mebibyte));
  const { end } = appending(paths);
  world.onClose(async () => end());
  await eventually('the large one is listed, and counted as not archived', async () => {
    const [folder] = (await laptop.status()).folders;
    const { problems } = await laptop.ask<{ problems: FolderProblem[] }>(
      'folder',
      'problems',
      'docs',
    );
    const isListed = problems.some(
      ({ path, reason }) => path === '12 MiB' && reason === 'changes while it is read',
    );
    return isListed && (folder?.unarchivedFiles ?? 0) > 0;
  });
  for (const megabytes of begun) {
    expect(isBeginning(pathOf(laptopTree, megabytes), pathOf(desktopTree, megabytes))).toBe(true);
  }
  end();
  await settle(shared);
  for (const megabytes of begun) {
    const whole = readFileSync(pathOf(laptopTree, megabytes));
    expect(readFileSync(pathOf(desktopTree, megabytes)).equals(whole)).toBe(true);
  }
  await laptop.shows({ problemFiles: 0, unarchivedFiles: 0 });
  const { versions } = await laptop.ask<{ versions: { version: string }[] }>('log', 'docs/1 MiB');
  const last = readFileSync(pathOf(laptopTree, 1));
  for (const { version } of versions) {
    const bytes = await laptop.cat('docs/1 MiB', '--version', version);
    expect(last.subarray(0, bytes.length).equals(bytes)).toBe(true);
  }
});
