/** The status page as a person meets it: a real node, a real browser. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../end-to-end/eventually.js';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { conditionPatienceMs } from '../end-to-end/patience.js';
import { pair, useTestWorld } from '../end-to-end/test-world.js';
import { type Appearance, overflowPixels, type WatchedPage } from './chromium.js';
import { firstLinkOf } from './printed-link.js';
import { useBrowser } from './use-browser.js';

const world = useTestWorld({ lasts: 'the whole file' });
const browser = useBrowser();
let laptop: NodeProcess;

beforeAll(async () => {
  const [first, pi] = await world.startNodes('laptop', 'pi');
  laptop = first;
  await pair(laptop, pi);
  const photos = world.directory('photos');
  writeFileSync(join(photos, 'beach.txt'), 'sand\n');
  await laptop.ask('folder', 'add', photos, '--label', 'Photos');
});

async function newLink(): Promise<string> {
  return (await laptop.ask<{ url: string }>('page')).url;
}

/** A page that is signed in. */
async function signedIn(appearance?: Appearance): Promise<WatchedPage> {
  const watched = await browser.openPageOf(laptop, appearance);
  await watched.page
    .getByRole('heading', { name: 'Photos', exact: true })
    .waitFor({ timeout: conditionPatienceMs });
  return watched;
}

describe('the page, opened by its link', () => {
  test('shows this device, its folders and the paired devices, and complains of nothing', async () => {
    const { page, complaints } = await signedIn();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'pi' }).getByText('Connected').waitFor();
    await page.locator('summary').filter({ hasText: 'laptop' }).waitFor();
    await page.getByText('1 file', { exact: false }).first().waitFor();
    for (const name of ['Private', 'Intact', 'Available']) {
      await page.locator('dl').getByText(name, { exact: true }).waitFor();
    }
    expect(new URL(page.url()).pathname).toBe('/');
    expect(complaints).toEqual([]);
  });

  test('shows a folder that is added while it is open, without a reload', async () => {
    const { page, complaints } = await signedIn();
    await page.evaluate('globalThis.sameDocument = true');
    await laptop.ask('folder', 'add', world.directory('music'), '--label', 'Music');
    await page
      .getByRole('heading', { name: 'Music', exact: true })
      .waitFor({ timeout: conditionPatienceMs });
    expect(await page.evaluate('globalThis.sameDocument')).toBe(true);
    await laptop.ask('folder', 'remove', 'Music');
    await page
      .getByRole('heading', { name: 'Music', exact: true })
      .waitFor({ state: 'detached', timeout: conditionPatienceMs });
    expect(complaints).toEqual([]);
  });

  test('opens once: a second browser is told how to get a link of its own', async () => {
    const link = await newLink();
    const first = await browser.open();
    await first.page.goto(link);
    await first.page
      .getByRole('heading', { name: 'Photos', exact: true })
      .waitFor({ timeout: conditionPatienceMs });
    await first.context.close();

    const watched = await browser.open();
    const response = await watched.page.goto(link);
    expect(response?.status()).toBe(403);
    await watched.page.getByRole('heading', { name: 'That link no longer opens.' }).waitFor();
    await watched.page.getByText('npx holdfast page').waitFor();
    expect(await watched.page.getByText('Photos').count()).toBe(0);
  });

  test.each([
    { colorScheme: 'light', widthPixels: 390 },
    { colorScheme: 'light', widthPixels: 1280 },
    { colorScheme: 'dark', widthPixels: 390 },
    { colorScheme: 'dark', widthPixels: 1280 },
  ] as const)('fits $widthPixels px in a $colorScheme theme', async (appearance) => {
    const { page, complaints } = await signedIn(appearance);
    await page.locator('summary').filter({ hasText: 'This device' }).click();
    await page.getByText(laptop.device).waitFor();
    expect(await overflowPixels(page)).toBeLessThanOrEqual(0);
    const background = await page.evaluate<string>(
      'getComputedStyle(document.body).backgroundColor',
    );
    const brightness = Number(/\d+/.exec(background)?.[0]);
    expect(brightness > 128 ? 'light' : 'dark').toBe(appearance.colorScheme);
    expect(complaints).toEqual([]);
  });
});

describe('without a login', () => {
  test('the page shows nothing of the node, and says what to do', async () => {
    const { page, complaints } = await browser.open({ colorScheme: 'light', widthPixels: 390 });
    await page.goto(laptop.ready.gui);
    await page.getByRole('heading', { name: 'This page is locked.' }).waitFor();
    await page.getByText('npx holdfast page').waitFor();
    expect(await page.getByText('Photos').count()).toBe(0);
    expect(await page.getByText(laptop.device).count()).toBe(0);
    expect(await overflowPixels(page)).toBeLessThanOrEqual(0);
    // The browser itself reports the refused request; nothing else may be amiss.
    expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });
});

describe('the link that `up` prints', () => {
  test('opens the page of a new node, which teaches the first step', async () => {
    const link = await firstLinkOf(world, 'newcomer');
    const { page, complaints } = await browser.open();
    await page.goto(link);
    await page.getByRole('heading', { name: 'Nothing is kept yet.' }).waitFor();
    await page.getByText('npx holdfast folder add').waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('a node that ends', () => {
  test('is said to be gone, and the page recovers nothing by guessing', async () => {
    const [other] = await world.startNodes('other');
    const { page } = await browser.open();
    await page.goto((await other.ask<{ url: string }>('page')).url);
    await page.getByRole('heading', { level: 1 }).waitFor({ timeout: conditionPatienceMs });
    await other.stop();
    await page.getByText('The node does not answer.').waitFor({ timeout: conditionPatienceMs });
    await eventually('the title no longer claims anything', async () => {
      return (await page.title()) === 'Holdfast';
    });
  });
});
