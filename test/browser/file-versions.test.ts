/** A file's versions on the page: what differs, what it shows, and the bytes of any of them. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { archiveDocs, useTestWorld } from '../end-to-end/test-world.js';
import { barriers } from './accessibility.js';
import { type Appearance, overflowPixels } from './chromium.js';
import { useBrowser } from './use-browser.js';

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
);
const harmful =
  '<svg xmlns="http://www.w3.org/2000/svg"><script>globalThis.harmed = 1</script></svg>';

const world = useTestWorld({ lasts: 'the whole file' });
const browser = useBrowser();
let laptop: NodeProcess;

beforeAll(async () => {
  const archived = await archiveDocs(world, (root) => {
    writeFileSync(join(root, 'letter.txt'), 'dear\nall\n');
    writeFileSync(join(root, 'picture.png'), picture);
    writeFileSync(join(root, 'drawing.svg'), harmful);
    writeFileSync(join(root, 'page.png'), '<script>globalThis.harmed = 1</script>');
  });
  laptop = archived.laptop;
  const letter = join(archived.tree, 'letter.txt');
  writeFileSync(letter, 'dear\nfriends\nand all\n');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
  rmSync(letter);
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
});

async function versionsOf(name: string, appearance?: Appearance): Promise<Page> {
  const { page } = await browser.openPageOf(laptop, appearance);
  await page.getByRole('link', { name: 'Look back' }).click();
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { name: /^\d+ versions?$/ }).waitFor();
  return page;
}

test.each([
  { colorScheme: 'light', widthPixels: 1280 },
  { colorScheme: 'dark', widthPixels: 390 },
] as const)(
  'the versions of a deleted file, at $widthPixels px: what differs, and its bytes',
  async (appearance) => {
    const page = await versionsOf('letter.txt', appearance);
    await page.getByText('It was deleted here.').waitFor();
    expect(await page.getByRole('listitem').count()).toBe(3);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('listitem').nth(1).getByRole('link').click();
    await page.getByText('2 lines more, 1 line less.').waitFor();
    const lines = page.getByRole('region', { name: 'The lines that differ' });
    expect(await lines.locator('.added').allTextContents()).toEqual(['+friends\n', '+and all\n']);
    expect(await lines.locator('.removed').allTextContents()).toEqual(['-all\n']);
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download this version' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('letter.txt');
    expect(readFileSync(await download.path(), 'utf8')).toBe('dear\nfriends\nand all\n');
    expect(await barriers(page)).toEqual([]);
    expect(await overflowPixels(page)).toBeLessThanOrEqual(0);
    expect(browser.shown.complaints).toEqual([]);
  },
);

test('a picture is shown, made of the bytes that were verified', async () => {
  const page = await versionsOf('picture.png');
  const image = page.locator('img');
  await image.waitFor();
  expect(await image.getAttribute('src')).toMatch(/^blob:/);
  const width = 'document.images[0].decode().then(() => document.images[0].naturalWidth)';
  expect(await page.evaluate(width)).toBe(10);
  expect(await barriers(page)).toEqual([]);
  expect(browser.shown.complaints).toEqual([]);
});

test.each(['drawing.svg', 'page.png'])(
  '%s is shown as the text that it is, and runs nothing',
  async (name) => {
    const page = await versionsOf(name);
    await page.getByRole('region', { name: 'This version, as text' }).waitFor();
    expect(await page.locator('article img, article script, article iframe').count()).toBe(0);
    expect(await page.evaluate('globalThis.harmed')).toBeUndefined();
    expect(browser.shown.complaints).toEqual([]);
  },
);
