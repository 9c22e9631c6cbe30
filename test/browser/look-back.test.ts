/** Looking back on the page: a folder as of a moment, with what was deleted, and a timeline to move along. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { archiveDocs, useTestWorld } from '../end-to-end/test-world.js';
import { barriers } from './accessibility.js';
import { type Appearance, overflowPixels, type WatchedPage } from './chromium.js';
import { useBrowser } from './use-browser.js';

const hostileName = '<img src=x onerror="globalThis.harmed=1">.txt';
const turningName = 'a\nb\u202egpj.exe';
const manyFiles = 2_000;

const world = useTestWorld({ lasts: 'the whole file' });
const browser = useBrowser();
let laptop: NodeProcess;
let tree: string;
/** When everything was there still. */
let whole: string;

beforeAll(async () => {
  ({ laptop, tree } = await archiveDocs(world, (root) => {
    mkdirSync(join(root, 'plans'));
    writeFileSync(join(root, 'plans', 'boat.txt'), 'a boat');
    writeFileSync(join(root, 'letter.txt'), 'dear');
    writeFileSync(join(root, hostileName), 'x');
    writeFileSync(join(root, turningName), 'y');
    mkdirSync(join(root, 'many'));
    for (let at = 0; at < manyFiles; at += 1) writeFileSync(join(root, 'many', `file ${at}`), '');
  }));
  whole = new Date().toISOString();
  rmSync(join(tree, 'letter.txt'));
  rmSync(join(tree, 'plans'), { recursive: true });
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
});

/** A page that shows `docs` as it is now. */
async function lookingBack(appearance?: Appearance): Promise<WatchedPage> {
  const watched = await browser.openPageOf(laptop, appearance);
  await watched.page.getByRole('link', { name: 'Look back' }).click();
  await entry('many').waitFor();
  await slider().waitFor();
  return watched;
}

function entry(name: string): Locator {
  return browser.shown.page.getByRole('listitem').filter({ hasText: name });
}

function slider(): Locator {
  return browser.shown.page.getByRole('slider', { name: 'The moment to look at' });
}

async function goTo(fields: Readonly<Record<string, string>>): Promise<void> {
  const hash = new URLSearchParams(fields);
  await browser.shown.page.evaluate(`location.hash = ${JSON.stringify(`#look-back?${hash}`)}`);
}

async function folderId(): Promise<string> {
  const { folders } = await laptop.ask<{ folders: { id: string }[] }>('status');
  return folders[0]!.id;
}

describe('a folder as of a moment', () => {
  test('shows what is deleted by now as it was, and says that it is not so any more', async () => {
    const { page, complaints } = await lookingBack();
    await entry('letter.txt').getByText('Deleted').waitFor();
    expect(await entry('letter.txt').locator('del').count()).toBe(1);
    await goTo({ folder: await folderId(), at: whole });
    await entry('letter.txt').getByText('Not the same now').waitFor();
    expect(await entry('letter.txt').locator('del').count()).toBe(0);
    await page.getByRole('link', { name: 'plans' }).click();
    await entry('boat.txt').waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('is left and found again by the way back', async () => {
    const { page } = await lookingBack();
    await page.getByRole('link', { name: 'many' }).click();
    await entry('file 0').first().waitFor();
    await page.goBack();
    await entry('letter.txt').waitFor();
    await page.getByRole('link', { name: 'All folders' }).click();
    await page.getByRole('heading', { name: 'Folders' }).waitFor();
  });

  test('that did not exist yet says so', async () => {
    const { page } = await lookingBack();
    await goTo({ folder: await folderId(), at: '2001-01-01T00:00:00Z' });
    await page.getByText('This was not there yet.').waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('shows hostile names as what they are', async () => {
    const { page, complaints } = await lookingBack();
    await entry(hostileName).waitFor();
    await entry('a␊b\ufffdgpj.exe').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('globalThis.harmed')).toBeUndefined();
    expect(complaints).toEqual([]);
  });
});

describe('the timeline', () => {
  test('is moved along by keyboard, and says the moment in words', async () => {
    const { page } = await lookingBack();
    expect(await slider().getAttribute('aria-valuetext')).toBe('now');
    await slider().focus();
    await page.keyboard.press('Home');
    await page.getByText('This was not there yet.').waitFor();
    await page.keyboard.press('End');
    await entry('letter.txt').getByText('Deleted').waitFor();
    await page.locator('input[type=range]:focus').waitFor();
  });

  test('shows what comes in without being asked', async () => {
    await lookingBack();
    writeFileSync(join(tree, 'came later.txt'), 'later');
    await entry('came later.txt').waitFor();
  });
});

describe('a directory with many files', () => {
  test('has few of them in the page, all of them within reach of the keyboard, and finds by name', async () => {
    const { page } = await lookingBack();
    await page.getByRole('link', { name: 'many' }).click();
    await page.getByText(`${manyFiles.toLocaleString('en')} entries`).waitFor();
    expect(await page.getByRole('listitem').count()).toBeLessThan(100);
    await page.getByRole('link', { name: 'file 0' }).focus();
    await page.keyboard.press('End');
    await page
      .locator('a:focus')
      .getByText(`file ${manyFiles - 1}`)
      .waitFor();
    await page.getByRole('searchbox', { name: 'Find a name here' }).fill('file 1234');
    await entry('file 1234').waitFor();
    expect(await page.getByRole('listitem').count()).toBe(1);
  });
});

test.each([
  { colorScheme: 'light', widthPixels: 390 },
  { colorScheme: 'light', widthPixels: 1280 },
  { colorScheme: 'dark', widthPixels: 390 },
  { colorScheme: 'dark', widthPixels: 1280 },
] as const)('looking back fits $widthPixels px in a $colorScheme theme', async (appearance) => {
  const { page, complaints } = await lookingBack(appearance);
  expect(await barriers(page)).toEqual([]);
  expect(await overflowPixels(page)).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
});
