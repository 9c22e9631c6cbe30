import { configPath, NodeConfig, newConfig, readConfig, writeConfig } from '@holdfast/node';
import { filePathFrom, readWholeFile } from '@holdfast/platform';
import {
  MemoryDisk,
  MemoryFileSystem,
  MountTable,
  SeededRandom,
  SimulatedCrash,
} from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

const home = filePathFrom('/home');

function machine(onCall?: () => void) {
  const disk = new MemoryDisk({ now: () => 0 });
  const mounts = new MountTable(disk);
  const user = new MemoryFileSystem({ mounts });
  user.makeDirectory(home);
  user.syncFileSystem(home);
  return { disk, user, node: new MemoryFileSystem({ mounts, ...(onCall && { onCall }) }) };
}

function put(fileSystem: MemoryFileSystem, text: string): void {
  const handle = fileSystem.open(configPath(home), 'create');
  fileSystem.write(handle, Buffer.from(text), 0);
  fileSystem.close(handle);
}

const folder = {
  id: 'photosphotosphot',
  label: 'Fotos é',
  path: '/home/ada/photos',
  markerInstance: 'aa',
  mode: 'send-receive',
  archive: false,
  members: [],
  copies: 1,
  paused: false,
  watch: 'polling',
  guard: { files: 9, sharePercent: 50, windowMinutes: 1 },
} as const;

describe('the configuration', () => {
  test('is read as it was written, and is nobody else’s to read', () => {
    const { node } = machine();
    const config = { ...newConfig('Ada’s laptop'), folders: [{ ...folder, members: [] }] };
    writeConfig(node, home, config);
    expect(readConfig(node, home)).toEqual(config);
    expect(node.stat(configPath(home)).permissions).toBe(0o600);
  });

  test('a folder of an older configuration, which does not say how it is watched, is on auto', () => {
    const { node } = machine();
    const { watch: _unsaid, ...older } = folder;
    put(node, JSON.stringify({ ...newConfig('x'), folders: [older] }));
    expect(readConfig(node, home)?.folders[0]?.watch).toBe('auto');
  });

  test('there is none in an empty home', () => {
    expect(readConfig(machine().node, home)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(newConfig('x')).slice(0, 30)],
    ['zeros', '\0'.repeat(64)],
    ['null', 'null'],
    ['an older version', JSON.stringify({ ...newConfig('x'), version: 0 })],
    ['no name', JSON.stringify({ ...newConfig('x'), name: '' })],
    ['an unknown field', JSON.stringify({ ...newConfig('x'), extra: 1 })],
    ['no copies', JSON.stringify({ ...newConfig('x'), folders: [{ ...folder, copies: 0 }] })],
    ['no id', JSON.stringify({ ...newConfig('x'), folders: [{ ...folder, id: '../../x' }] })],
    ['a plain secret', JSON.stringify({ ...newConfig('x'), invites: [{ id: 'a', secret: 'b' }] })],
  ])('a file that holds %s is refused and kept as it is', (_name, text) => {
    const { node } = machine();
    put(node, text);
    expect(() => readConfig(node, home)).toThrow(
      expect.objectContaining({ code: 'config_invalid', hint: expect.stringContaining('Nothing') }),
    );
    expect(Buffer.from(readWholeFile(node, configPath(home))).toString()).toBe(text);
  });

  test('a file of a newer version is refused, with what to do, and kept as it is', () => {
    const { node } = machine();
    const text = JSON.stringify({ ...newConfig('x'), version: 2 });
    put(node, text);
    expect(() => readConfig(node, home)).toThrow(
      expect.objectContaining({ code: 'config_newer', hint: expect.stringContaining('Update') }),
    );
    expect(Buffer.from(readWholeFile(node, configPath(home))).toString()).toBe(text);
  });

  test('changes that come at once are all kept', async () => {
    const { node } = machine();
    const config = new NodeConfig(node, home, newConfig('x'));
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(
      names.map((name) =>
        config.update((now) => ({
          ...now,
          folders: [...now.folders, { ...folder, label: name, members: [] }],
        })),
      ),
    );
    expect(readConfig(node, home)?.folders.map((one) => one.label)).toEqual(names);
    await config.updateFolder(folder.id, (one) => ({ ...one, paused: true }));
    expect(readConfig(node, home)?.folders.every((one) => one.paused)).toBe(true);
  });

  test('a change that could not be written does not count, and the next one does', async () => {
    const { node, disk } = machine();
    const config = new NodeConfig(node, home, newConfig('before'));
    writeConfig(node, home, config.current);
    disk.faults.failNext('write', 'ENOSPC');
    const rename = (name: string) => config.update((now) => ({ ...now, name }));
    await expect(rename('lost')).rejects.toMatchObject({
      code: 'config_unwritable',
      message: expect.stringContaining('the disk is full'),
    });
    expect(config.current.name).toBe('before');
    expect(readConfig(node, home)?.name).toBe('before');
    await rename('after');
    expect(readConfig(node, home)?.name).toBe('after');
  });

  test('is the old or the new one after a power loss at any moment of a change', () => {
    const seen = new Set<string | undefined>();
    for (let moment = 0, ended = false; !ended; moment += 1) {
      let calls = -1;
      const { node, user, disk } = machine(() => {
        if (calls >= 0 && calls++ === moment) throw new SimulatedCrash();
      });
      writeConfig(user, home, newConfig('old'));
      calls = 0;
      try {
        writeConfig(node, home, newConfig('new'));
        ended = true;
      } catch (error) {
        expect(error).toBeInstanceOf(SimulatedCrash);
      }
      disk.crash(new SeededRandom(`config ${moment}`));
      const name = readConfig(user, home)?.name;
      expect(['old', 'new']).toContain(name);
      if (ended) expect(name).toBe('new');
      seen.add(name);
    }
    expect(seen).toEqual(new Set(['old', 'new']));
  });
});
