import { filePathFrom } from '@holdfast/platform';
import { MemoryDisk, MemoryFileSystem, MountTable, SeededRandom } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import { readConfig, writeConfig } from '../src/node-config.js';
import { createHome, openHome } from '../src/node-home.js';

const home = filePathFrom('/home');

test('a device looks for others on the local network unless its configuration says no', async () => {
  const disk = new MemoryDisk({ now: () => 0 });
  const fileSystem = new MemoryFileSystem({ mounts: new MountTable(disk) });
  const made = await createHome(fileSystem, new SeededRandom('home'), home, 'laptop');
  expect(made.mdns).toBe(true);
  const opened = await openHome(fileSystem, home);
  expect(opened).toMatchObject({ name: 'laptop', mdns: true });
  expect(opened.identity).toEqual(made.identity);
  for (const mdns of [false, true]) {
    const config = readConfig(fileSystem, home);
    if (config === undefined) throw new Error('the home has no configuration');
    writeConfig(fileSystem, home, { ...config, mdns });
    expect((await openHome(fileSystem, home)).mdns).toBe(mdns);
  }
});
