/** The checkers themselves: each notices the breach that it is there for. */
import { filePathFrom, joinPath } from '@holdfast/platform';
import { expect, test } from 'vitest';
import { MemoryNetworkFabric } from '../src/seams/memory-network-fabric.js';
import { SeededRandom } from '../src/seams/seeded-random.js';
import { VirtualWorldClock } from '../src/seams/virtual-world-clock.js';
import { assertSame } from '../src/world/compare-trees.js';
import { watchConfinement } from '../src/world/confinement-watch.js';
import { ContentLedger } from '../src/world/content-ledger.js';
import { IgnoreWatch } from '../src/world/ignore-watch.js';
import { PathReader } from '../src/world/path-reader.js';
import type { SeedFailure } from '../src/world/seed-failure.js';
import { SimulatedMachine } from '../src/world/simulated-machine.js';
import { ContentReader, rootOf } from '../src/world/world-content.js';
import { WorldTrace } from '../src/world/world-trace.js';

const folderRoot = rootOf('data');

function scene() {
  const clock = new VirtualWorldClock();
  const trace = new WorldTrace({ nowMs: () => clock.nowMs });
  const fabric = new MemoryNetworkFabric({ schedule: clock.schedule });
  const machine = new SimulatedMachine({
    name: 'laptop',
    device: 'SimLaptop',
    clock,
    fabric,
    trace,
    random: new SeededRandom('checkers'),
    onFailure: () => undefined,
    onCall: () => undefined,
    aroundPowerLoss: (_, lose) => lose(),
  });
  const reader = new ContentReader(machine, ['data']);
  const archived = new Set<string>();
  const ledger = new ContentLedger({
    readers: new Map([[machine, reader]]),
    isArchived: (content) => archived.has(content),
    nowMs: () => clock.nowMs,
    onEvent: () => undefined,
  });
  machine.fileSystem.makeDirectory(folderRoot);
  const write = (name: string, text: string) => {
    const path = joinPath(folderRoot, name);
    const handle = machine.fileSystem.open(path, 'create');
    machine.fileSystem.write(handle, Buffer.from(text), 0);
    machine.fileSystem.close(handle);
  };
  const user = (act: () => void) => ledger.aroundUser(machine, false, act);
  return { machine, reader, ledger, archived, write, user };
}

test('content that nobody but the node removed is missing', () => {
  const { machine, ledger, write, user } = scene();
  user(() => write('a', 'precious'));
  expect(ledger.missing()).toEqual([]);
  machine.fileSystem.unlink(joinPath(folderRoot, 'a'));
  expect(ledger.missing()).toHaveLength(1);
});

test('what a node removes by (?d) may go, unless somebody else has it; nothing else that is ignored may', () => {
  const { machine, reader, ledger, archived, write, user } = scene();
  let nowMs = 0;
  const watch = new IgnoreWatch({
    readers: new Map([[machine, reader]]),
    labels: ['data'],
    nowMs: () => nowMs,
  });
  for (const name of ['a', 'c', 'd']) user(() => write(name, `may go: ${name}`));
  user(() => write('b', 'may not'));
  write('.stignore', '(?d)a\nb\n(?d)c\n(?d)d');
  watch.touched(machine);
  const goes = (name: string) => {
    if (watch.mayBeLetGo(machine, `data/${name}`)) ledger.letsGo(machine, `data/${name}`);
    machine.fileSystem.unlink(joinPath(folderRoot, name));
    return ledger.missing().length;
  };
  expect([goes('a'), ledger.countOf('let-go')]).toEqual([0, 1]);
  expect(goes('b')).toBe(1);
  const archivedOnce = reader.live().find(({ path }) => path === 'data/c')?.content ?? '';
  archived.add(archivedOnce);
  expect(goes('c')).toBe(1);
  archived.delete(archivedOnce);
  expect(ledger.missing()).toHaveLength(2);
  machine.fileSystem.unlink(joinPath(folderRoot, '.stignore'));
  nowMs += 60_000;
  expect([goes('d'), ledger.countOf('let-go')]).toEqual([3, 1]);
});

test('what its user had synced may not go with the power, unless the user moved it and did not sync that', () => {
  const { machine, ledger, write, user } = scene();
  const at = (name: string) => joinPath(folderRoot, name);
  for (const name of ['a', 'b', 'd']) {
    ledger.aroundUser(machine, true, () => write(name, `synced: ${name}`));
  }
  user(() => machine.fileSystem.rename(at('b'), at('c')));
  ledger.aroundPowerLoss(machine, () => machine.fileSystem.unlink(at('c')));
  expect(ledger.missing()).toEqual([]);
  expect(ledger.countOf('power')).toBe(1);
  ledger.aroundPowerLoss(machine, () => machine.fileSystem.unlink(at('a')));
  expect(ledger.missing()).toHaveLength(1);
  user(() => machine.fileSystem.rename(at('d'), at('e')));
  machine.disk.syncAll();
  ledger.noteDurable(machine);
  ledger.aroundPowerLoss(machine, () => machine.fileSystem.unlink(at('e')));
  expect(ledger.missing()).toHaveLength(2);
});

test('what the disk holds for certain in one place may not go with the power for being moved in another', () => {
  const { machine, ledger, write, user } = scene();
  const at = (name: string) => joinPath(folderRoot, name);
  for (const name of ['a', 'b']) user(() => write(name, 'twice'));
  machine.disk.syncAll();
  user(() => machine.fileSystem.rename(at('b'), at('c')));
  ledger.aroundPowerLoss(machine, () => {
    for (const name of ['a', 'c']) machine.fileSystem.unlink(at(name));
  });
  expect(ledger.missing()).toHaveLength(1);
});

test('content that the archive has is not missing', () => {
  const { machine, reader, ledger, archived, write, user } = scene();
  user(() => write('a', 'precious'));
  for (const content of reader.contents()) archived.add(content);
  machine.fileSystem.unlink(joinPath(folderRoot, 'a'));
  expect(ledger.missing()).toEqual([]);
});

test('content whose only copy its own user deletes is excused and counted', () => {
  const { machine, ledger, write, user } = scene();
  user(() => write('a', 'precious'));
  user(() => machine.fileSystem.unlink(joinPath(folderRoot, 'a')));
  expect([ledger.missing(), ledger.countOf('overwritten')]).toEqual([[], 1]);
});

test('content that a power loss takes is excused only where its user had not synced it', () => {
  const { machine, ledger, write } = scene();
  ledger.aroundUser(machine, true, () => write('synced', 'one'));
  ledger.aroundUser(machine, false, () => write('unsynced', 'two'));
  ledger.aroundPowerLoss(machine, () => {
    machine.fileSystem.unlink(joinPath(folderRoot, 'synced'));
    machine.fileSystem.unlink(joinPath(folderRoot, 'unsynced'));
  });
  expect(ledger.countOf('power')).toBe(1);
  expect(ledger.missing()).toEqual([expect.stringContaining('laptop data/synced')]);
});

test('a steady file that is absent for a moment, or torn, is noticed', () => {
  const { machine, reader, ledger, write, user } = scene();
  const look = new PathReader(machine, reader, ledger);
  machine.fileSystem.makeDirectory(joinPath(folderRoot, 'steady'));
  user(() => write('steady/one.txt', 'whole'));
  expect(() => look.look()).not.toThrow();
  const path = filePathFrom('/data/steady/one.txt');
  const handle = machine.fileSystem.open(path, 'write');
  machine.fileSystem.write(handle, Buffer.from('torn'), 0);
  machine.fileSystem.close(handle);
  expect(() => look.look()).toThrow('nobody wrote');
  machine.fileSystem.unlink(path);
  expect(() => look.look()).toThrow('absent');
});

test('a steady file may go with the power only where its name was never synced, and with its disk', () => {
  const { machine, reader, ledger, write, user } = scene();
  const look = new PathReader(machine, reader, ledger);
  const losePower = (name: string) => {
    machine.fileSystem.unlink(joinPath(folderRoot, name));
    look.lostPower();
    return () => look.look();
  };
  machine.fileSystem.makeDirectory(joinPath(folderRoot, 'steady'));
  for (const name of ['steady/one.txt', 'steady/two.txt']) {
    user(() => write(name, name));
    look.look();
    if (name === 'steady/one.txt') machine.disk.syncAll();
  }
  expect(losePower('steady/two.txt')).not.toThrow();
  expect(losePower('steady/one.txt')).toThrow('one.txt is absent');
  look.forget();
  expect(() => look.look()).not.toThrow();
});

test('what an open handle wrote into set-aside content is not forgotten', () => {
  const { machine, reader, ledger, write, user } = scene();
  for (const path of ['.holdfast', '.holdfast/held']) {
    machine.fileSystem.makeDirectory(joinPath(folderRoot, path));
  }
  user(() => write('.holdfast/held/one', 'written late'));
  const [content] = reader.contents();
  expect(ledger.knows(content ?? '')).toBe(true);
  machine.fileSystem.unlink(joinPath(folderRoot, '.holdfast/held/one'));
  expect(ledger.missing()).toHaveLength(1);
});

test('a call that a symlink leads out of the folder is noticed', () => {
  const { machine } = scene();
  const look = (name: 'open' | 'rename', path: string, to?: string) =>
    watchConfinement(machine, ['data'], { name, path, ...(to !== undefined && { to }) });
  machine.fileSystem.makeSymlink('/outside', filePathFrom('/data/link'));
  expect(() => look('open', '/data/file')).not.toThrow();
  expect(() => look('open', '/home/config.json')).not.toThrow();
  expect(() => look('open', '/data/link/file')).toThrow('not-confined');
  expect(() => look('rename', '/data/file', '/data/link/file')).toThrow('not-confined');
  expect(() => look('rename', '/data', '/database')).toThrow('not-confined');
});

test('only a symlink that leads outside may be missing on one side', () => {
  const shapes = (shape: string) => ({ name: 'laptop', shapes: new Map([['data/d/link', shape]]) });
  const nothing = { name: 'desktop', shapes: new Map<string, string>() };
  expect(() => assertSame(shapes('symlink ../../x'), nothing)).not.toThrow();
  expect(() => assertSame(shapes('symlink ../x'), nothing)).toThrow('divergence');
});

test('trees that differ in one path are told apart, by name', () => {
  const left = { name: 'laptop', shapes: new Map([['a', 'file 644 1 x']]) };
  const right = { name: 'desktop', shapes: new Map([['a', 'file 600 1 x']]) };
  expect(() => assertSame(left, left)).not.toThrow();
  expect(() => assertSame(left, right)).toThrow(/divergence: a: laptop has .* desktop has/);
  const caught: unknown = (() => {
    try {
      assertSame(left, right);
    } catch (error) {
      return error;
    }
    return undefined;
  })();
  expect((caught as SeedFailure).kind).toBe('divergence');
});
