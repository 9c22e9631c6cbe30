/** The page as things happen: pairing, offers, scans, transfers, a node that restarts. No reload. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { eventually } from '../end-to-end/eventually.js';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { conditionPatienceMs } from '../end-to-end/patience.js';
import { pair, useTestWorld } from '../end-to-end/test-world.js';
import { treeSnapshot } from '../end-to-end/tree-snapshot.js';
import { barriers } from './accessibility.js';
import { type Appearance, overflowPixels } from './chromium.js';
import { useBrowser } from './use-browser.js';

const world = useTestWorld();
const browser = useBrowser();

async function pageOf(node: NodeProcess, appearance?: Appearance): Promise<Page> {
  const { page } = await browser.openPageOf(node, appearance);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate('globalThis.sameDocument = true');
  return page;
}

async function expectNoReload(...pages: readonly Page[]): Promise<void> {
  for (const page of pages) expect(await page.evaluate('globalThis.sameDocument')).toBe(true);
}

function fill(directory: string, files: number, bytes: number): void {
  mkdirSync(directory, { recursive: true });
  for (let at = 0; at < files; at += 1) {
    writeFileSync(join(directory, `file-${at}`), randomBytes(bytes));
  }
}

function heading(page: Page, name: string): Locator {
  return page.getByRole('heading', { name, exact: true });
}

/** Photos on the laptop, shared with pi, where nobody has answered the offer yet. */
async function offeredPhotos(bytes = 5) {
  const [laptop, pi] = await world.startNodes('laptop', 'pi');
  await pair(laptop, pi);
  const tree = world.path('photos');
  fill(tree, 3, bytes);
  await laptop.ask('folder', 'add', tree, '--label', 'Photos');
  await laptop.ask('folder', 'share', 'Photos', 'pi');
  return { laptop, pi, tree };
}

describe('from nothing to safe, by the page alone', () => {
  test('each page leads to the next step, and shows the other side’s answer', async () => {
    const [laptop, pi] = await world.startNodes('laptop', 'pi');
    const [here, there] = await Promise.all([
      pageOf(laptop),
      pageOf(pi, { colorScheme: 'dark', widthPixels: 390 }),
    ]);
    await here.getByRole('button', { name: 'Make an invite' }).click();
    await here.getByRole('img', { name: 'The invite as a QR code' }).waitFor();
    const command = await here.getByText('npx holdfast device join').textContent();
    expect(await barriers(here)).toEqual([]);

    await there.getByLabel('Or paste an invite').fill(command?.split(' ').at(-1) ?? '');
    await there.getByRole('button', { name: 'Join' }).click();
    await there.getByText('Paired with laptop.').waitFor();
    await here.getByText('The device is paired.').waitFor();

    const tree = world.path('photos');
    fill(tree, 3, 5);
    await here.getByText('Keep a folder', { exact: true }).waitFor();
    await here.getByLabel('The path of a directory on this device').fill(tree);
    await here.getByRole('button', { name: 'Keep it' }).click();
    await here.getByRole('button', { name: 'Share with pi' }).click();
    await heading(there, 'laptop offers photos').waitFor();
    expect(await barriers(there)).toEqual([]);
    await here.getByText('pi has not accepted it yet.').waitFor();

    await there.getByLabel('its history').check();
    await there.getByRole('button', { name: 'Accept photos' }).click();
    await heading(here, 'Everything is safe.').waitFor();
    await heading(there, 'laptop offers photos').waitFor({ state: 'detached' });
    await heading(there, 'photos').waitFor();
    await expectNoReload(here, there);
    for (const page of [here, there]) {
      expect(await barriers(page)).toEqual([]);
      expect(await overflowPixels(page)).toBeLessThanOrEqual(0);
    }
  });

  test('an offer is accepted as files; a place that cannot be is refused in words', async () => {
    const { pi } = await offeredPhotos();
    const page = await pageOf(pi);
    const place = page.getByRole('textbox', { name: 'Where its files go' });
    await place.fill('/proc/nothing');
    await page.getByRole('button', { name: 'Accept Photos' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was changed.');
    await place.fill(world.path('pi-photos'));
    await page.getByRole('button', { name: 'Accept Photos' }).click();
    await heading(page, 'Photos').waitFor();
    await page.getByText('3 files, 15 bytes').waitFor();
    await expectNoReload(page);
  });
});

test('an offer is accepted as both: history, and a mirror of the latest files', async () => {
  const { laptop, pi, tree } = await offeredPhotos();
  const page = await pageOf(pi);
  await page.getByLabel('as a mirror').check();
  const mirror = world.path('pi-photos');
  await page.getByRole('textbox', { name: 'Where its files go' }).fill(mirror);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Accept Photos' }).click();
  await heading(page, 'Photos').waitFor();
  await laptop.archived('Photos');
  await pi.inSync('Photos');
  await pi.shows({ archive: true, path: mirror }, 'Photos');
  expect(treeSnapshot(mirror)).toEqual(treeSnapshot(tree));
});

describe('what moves is shown while it moves', () => {
  test('a scan and a transfer have a bar with words on both sides, and leave none behind', async () => {
    const { laptop, pi } = await offeredPhotos(40_000_000);
    const [here, there] = await Promise.all([
      pageOf(laptop),
      pageOf(pi, { colorScheme: 'light', widthPixels: 390 }),
    ]);
    await heading(there, 'laptop offers Photos').waitFor();
    const leaving = here.getByRole('progressbar', { name: /pi$/ });
    const arriving = there.getByRole('progressbar', { name: /^Archiving/ });
    const seen = Promise.all([leaving.waitFor(), arriving.waitFor()]);
    await there.getByLabel('its history').check();
    await there.getByRole('button', { name: 'Accept Photos' }).click();
    await seen;
    await heading(here, 'Everything is safe.').waitFor({ timeout: conditionPatienceMs });
    await leaving.waitFor({ state: 'detached' });
    await arriving.waitFor({ state: 'detached' });
    await expectNoReload(here, there);
  });
});

describe('a device that goes and comes', () => {
  test('is said to be away, and back', async () => {
    const { laptop, pi } = await offeredPhotos();
    const page = await pageOf(laptop);
    const row = page.getByRole('listitem').filter({ hasText: 'pi' });
    await row.getByText('Connected').waitFor();
    await pi.stop();
    await row.getByText('Last seen').waitFor();
    await pi.start();
    await row.getByText('Connected').waitFor();
    await expectNoReload(page);
  });

  test('a node that restarts is said to be gone, then goes on in the same page', async () => {
    const [laptop] = await world.startNodes('laptop');
    const page = await pageOf(laptop);
    const { host } = new URL(laptop.ready.gui);
    await laptop.signal('SIGKILL');
    await heading(page, 'The node does not answer.').waitFor();
    await page.getByText(/^Folders, as they were at/).waitFor();
    expect(await page.getByText('Nothing is kept yet.', { exact: true }).count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
    await laptop.start(['--gui', host, '--listen', '/ip4/127.0.0.1/tcp/0']);
    await heading(page, 'Nothing is kept yet.').waitFor();
    await laptop.ask('folder', 'add', world.directory('later'), '--label', 'Later');
    await heading(page, 'Later').waitFor();
    await expectNoReload(page);
  });
});

describe('a folder that needs a person', () => {
  test('says why it stopped, and goes on at a click once it can', async () => {
    const { laptop, tree } = await offeredPhotos();
    const page = await pageOf(laptop);
    await page.getByText('3 files, 15 bytes').waitFor();
    renameSync(tree, `${tree}-away`);
    await laptop.run('folder', 'rescan', 'Photos');
    await heading(page, 'Photos is stopped.').waitFor();
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByRole('alert').waitFor();
    expect(await barriers(page)).toEqual([]);
    renameSync(`${tree}-away`, tree);
    await page.getByRole('button', { name: 'Look again' }).click();
    await heading(page, 'Photos is stopped.').waitFor({ state: 'detached' });
    await expectNoReload(page);
  });

  test('goes on at a click when it is paused', async () => {
    const { laptop } = await offeredPhotos();
    const page = await pageOf(laptop);
    await laptop.ask('folder', 'pause', 'Photos');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor({ state: 'detached' });
    await eventually('the folder goes on', async () => {
      const { folders } = await laptop.ask<{ folders: { state: string }[] }>('status');
      return folders[0]?.state !== 'paused';
    });
  });
});
