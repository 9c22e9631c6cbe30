/** A folder that only receives, on the page: what was changed in it is named, and taken back when asked. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { eventually } from '../end-to-end/eventually.js';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { conditionPatienceMs } from '../end-to-end/patience.js';
import { pair, shareFolder, useTestWorld } from '../end-to-end/test-world.js';
import { useBrowser } from './use-browser.js';

const world = useTestWorld({ lasts: 'the whole file' });
const browser = useBrowser();
let desktop: NodeProcess;
let theirs: string;

beforeAll(async () => {
  const [laptop, other] = await world.startNodes('laptop', 'desktop');
  desktop = other;
  await pair(laptop, desktop);
  const ours = world.directory('docs');
  theirs = world.path('desktop-docs');
  writeFileSync(join(ours, 'a.txt'), 'from the laptop');
  await shareFolder(laptop, ours, [[desktop, theirs, '--mode', 'receive-only']]);
  await eventually('the file has arrived', () => existsSync(join(theirs, 'a.txt')));
  await desktop.inSync();
  writeFileSync(join(theirs, 'a.txt'), 'changed by hand');
  await desktop.ask('folder', 'rescan', 'docs');
});

test('local changes are taken back by a second click, which says how many files', async () => {
  const { page, complaints } = await browser.openPageOf(desktop);
  const card = page.locator('article').filter({ hasText: 'docs' });
  await card.getByText('Local changes', { exact: true }).waitFor({ timeout: conditionPatienceMs });
  await card.getByText('receives only').waitFor();
  const revert = card.getByRole('button', { name: 'Revert local changes' });
  await revert.click();
  await card.getByText('Here 1 file will be as on the other devices again').waitFor();
  expect(readFileSync(join(theirs, 'a.txt'), 'utf8')).toBe('changed by hand');
  await card.getByRole('button', { name: 'Leave it as it is' }).click();
  await revert.click();
  await card.getByRole('button', { name: 'Revert 1 file' }).click();
  await eventually(
    'the file is the laptop’s again',
    () => readFileSync(join(theirs, 'a.txt'), 'utf8') === 'from the laptop',
  );
  await card.getByText('Up to date', { exact: true }).waitFor({ timeout: conditionPatienceMs });
  expect(complaints).toEqual([]);
});
