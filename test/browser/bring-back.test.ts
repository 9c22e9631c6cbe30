/** Bringing back from the page: what was deleted, with a look before, and nothing overwritten unasked. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { archiveDocs, useTestWorld } from '../end-to-end/test-world.js';
import { barriers } from './accessibility.js';
import { type Appearance, overflowPixels } from './chromium.js';
import { useBrowser } from './use-browser.js';

const world = useTestWorld();
const browser = useBrowser();
let laptop: NodeProcess;
let pi: NodeProcess;
let tree: string;
/** When everything was as it was first. */
let whole: string;

beforeEach(async () => {
  ({ laptop, pi, tree } = await archiveDocs(world, (root) => {
    mkdirSync(join(root, 'plans'));
    writeFileSync(join(root, 'plans', 'boat.txt'), 'a boat');
    writeFileSync(join(root, 'letter.txt'), 'dear');
    writeFileSync(join(root, 'same.txt'), 'same');
  }));
  whole = new Date().toISOString();
  rmSync(join(tree, 'plans'), { recursive: true });
  writeFileSync(join(tree, 'letter.txt'), 'something else');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
});

async function lookingBackAt(path: string, appearance?: Appearance): Promise<Page> {
  const { folders } = await laptop.ask<{ folders: { id: string }[] }>('status');
  const place = new URLSearchParams({ folder: folders[0]!.id, path, at: whole });
  const { page } = await browser.openPageOf(laptop, appearance);
  await page.getByRole('link', { name: 'Look back' }).waitFor();
  await page.evaluate(`location.hash = ${JSON.stringify(`#look-back?${place}`)}`);
  await page.getByRole('slider').waitFor();
  return page;
}

function bringBack(page: Page) {
  return page.getByRole('button', { name: 'Bring back', exact: true });
}

test.each([
  { colorScheme: 'light', widthPixels: 1280 },
  { colorScheme: 'dark', widthPixels: 390 },
] as const)(
  'the folder comes back beside itself, at $widthPixels px, and nothing in it is touched',
  async (appearance) => {
    const page = await lookingBackAt('', appearance);
    await page.getByRole('button', { name: 'Bring back docs' }).click();
    await page.getByText('3 files, 14 bytes, would be written to').waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await overflowPixels(page)).toBeLessThanOrEqual(0);
    await bringBack(page).click();
    await page.getByText('Every byte was verified.').waitFor();
    expect(await barriers(page)).toEqual([]);
    const beside = readdirSync(world.root).find((name) => name.startsWith('docs-restored-'))!;
    expect(readFileSync(world.path(beside, 'plans', 'boat.txt'), 'utf8')).toBe('a boat');
    expect(readFileSync(world.path(beside, 'letter.txt'), 'utf8')).toBe('dear');
    expect(readFileSync(join(tree, 'letter.txt'), 'utf8')).toBe('something else');
    expect(existsSync(join(tree, 'plans'))).toBe(false);
    expect(browser.shown.complaints).toEqual([]);
  },
);

test('a deleted directory comes back to its place', async () => {
  const page = await lookingBackAt('plans');
  await page.getByRole('button', { name: 'Bring back plans' }).click();
  await page.getByLabel('only what is missing').check();
  await page.getByText('1 file, 6 bytes, would be written into').waitFor();
  expect(existsSync(join(tree, 'plans'))).toBe(false);
  await bringBack(page).click();
  await page.getByText('1 file, 6 bytes, brought back').waitFor();
  expect(readFileSync(join(tree, 'plans', 'boat.txt'), 'utf8')).toBe('a boat');
});

test('a version of a file goes over what is there when that is chosen, which is in history then', async () => {
  const page = await lookingBackAt('');
  await page.getByRole('link', { name: 'letter.txt' }).click();
  await page.getByRole('button', { name: 'Bring back this version' }).click();
  await page.getByLabel('over what is there').check();
  await page.getByText('What they replace is kept aside').waitFor();
  expect(readFileSync(join(tree, 'letter.txt'), 'utf8')).toBe('something else');
  await bringBack(page).click();
  await page.getByText('1 file, 4 bytes, brought back').waitFor();
  expect(readFileSync(join(tree, 'letter.txt'), 'utf8')).toBe('dear');
  await page.getByRole('heading', { name: '3 versions' }).waitFor();
});

describe('what cannot be', () => {
  test('is refused in words, and nothing is written', async () => {
    const page = await lookingBackAt('');
    await page.getByRole('button', { name: 'Bring back docs' }).click();
    await page.getByText('would be written to').waitFor();
    await page.getByLabel('To a place of your choice').check();
    const place = page.getByRole('textbox');
    await place.fill('not/whole');
    await page.getByText('Give the whole path').waitFor();
    expect(await bringBack(page).isDisabled()).toBe(true);
    await place.fill(tree);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was written.');
    expect(await bringBack(page).isDisabled()).toBe(true);
    expect(await barriers(page)).toEqual([]);
  });

  test('because the archive went away is said, and stays said', async () => {
    const page = await lookingBackAt('');
    await page.getByRole('button', { name: 'Bring back docs' }).click();
    await page.getByText('would be written to').waitFor();
    await pi.stop();
    await bringBack(page).click();
    await page.getByRole('alert').getByText('archive').waitFor();
    await laptop.run('folder', 'rescan', 'docs');
    expect(await page.getByRole('alert').count()).toBe(1);
    expect(readdirSync(world.root).filter((name) => name.includes('restored'))).toEqual([]);
  });

  test('without an archive is said, with what to do', async () => {
    await pi.stop();
    const { page } = await browser.openPageOf(laptop);
    await page.getByRole('link', { name: 'Look back' }).click();
    await page.getByText('No archive of "docs" is connected.').waitFor();
    expect(await barriers(page)).toEqual([]);
  });
});
