/** The laws of the power-loss model, each over many seeds. */
import {
  type FilePath,
  filePathFrom,
  readWholeFileIfPresent,
  statIfPresent,
} from '@holdfast/platform';
import {
  MemoryDisk,
  type MemoryDiskOptions,
  MemoryFileSystem,
  MountTable,
  SeededRandom,
} from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

const seeds = Array.from({ length: 300 }, (_, index) => `crash-${index}`);
const root = filePathFrom('/');
const at = (path: string) => filePathFrom(path);

class Machine {
  readonly disk: MemoryDisk;
  readonly fileSystem: MemoryFileSystem;

  constructor(options: Partial<MemoryDiskOptions> = {}) {
    this.disk = new MemoryDisk({ now: () => 1_790_000_000_000, ...options });
    this.fileSystem = new MemoryFileSystem({ mounts: new MountTable(this.disk) });
  }

  write(path: FilePath, text: string, sync: boolean): void {
    const exists = statIfPresent(this.fileSystem, path) !== undefined;
    const handle = this.fileSystem.open(path, exists ? 'write' : 'create');
    this.fileSystem.write(handle, Buffer.from(text), 0);
    if (sync) this.fileSystem.syncFile(handle);
    this.fileSystem.close(handle);
  }

  read(path: FilePath): string | undefined {
    const bytes = readWholeFileIfPresent(this.fileSystem, path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  }

  crash(seed: string): void {
    this.disk.crash(new SeededRandom(seed));
  }
}

/** What a reader may find after each of many crashes. */
function outcomes(
  prepare: (machine: Machine) => void,
  observe: (machine: Machine) => string | undefined,
  options: Partial<MemoryDiskOptions> = {},
): Set<string | undefined> {
  return new Set(
    seeds.map((seed) => {
      const machine = new Machine(options);
      prepare(machine);
      machine.crash(seed);
      return observe(machine);
    }),
  );
}

describe.each(['any', 'journal'] as const)(
  'power loss, names survive in order: %s',
  (nameOrder) => {
    test('synced content under a synced name always survives', () => {
      const found = outcomes(
        (machine) => {
          machine.write(at('/file'), 'synced', true);
          machine.fileSystem.syncDirectory(root);
          machine.write(at('/other'), 'unsynced', false);
        },
        (machine) => machine.read(at('/file')),
        { nameOrder },
      );
      expect([...found]).toEqual(['synced']);
    });

    test('a synced file whose name is not synced is whole or absent', () => {
      const found = outcomes(
        (machine) => machine.write(at('/file'), 'synced', true),
        (machine) => machine.read(at('/file')),
        { nameOrder },
      );
      expect(found).toEqual(new Set(['synced', undefined]));
    });

    test('unsynced content may be kept, lost or torn', () => {
      const found = outcomes(
        (machine) => {
          machine.write(at('/file'), 'old!', true);
          machine.fileSystem.syncDirectory(root);
          machine.write(at('/file'), 'newer', false);
        },
        (machine) => machine.read(at('/file')),
        { nameOrder },
      );
      expect([...found]).toEqual(expect.arrayContaining(['old!', 'newer', 'new!', 'old!\0']));
    });

    test('a replacing rename leaves the old file or the new one, never neither', () => {
      const found = outcomes(
        (machine) => {
          machine.write(at('/file'), 'old', true);
          machine.write(at('/file.new'), 'new', true);
          machine.fileSystem.syncDirectory(root);
          machine.fileSystem.rename(at('/file.new'), at('/file'));
        },
        (machine) => `${machine.read(at('/file'))} ${machine.read(at('/file.new'))}`,
        { nameOrder },
      );
      expect(found).toEqual(new Set(['old new', 'new undefined']));
    });

    test('a rename that a directory sync followed survives, also into another directory', () => {
      const found = outcomes(
        (machine) => {
          machine.fileSystem.makeDirectory(at('/from'));
          machine.fileSystem.makeDirectory(at('/to'));
          machine.fileSystem.syncDirectory(root);
          machine.write(at('/from/file'), 'text', true);
          machine.fileSystem.rename(at('/from/file'), at('/to/file'));
          machine.fileSystem.syncDirectory(at('/to'));
        },
        (machine) => machine.read(at('/to/file')),
        { nameOrder },
      );
      expect([...found]).toEqual(['text']);
    });

    test('a rename between directories never loses both names, whichever one was synced', () => {
      for (const synced of ['/from', '/to', undefined]) {
        const found = outcomes(
          (machine) => {
            for (const path of ['/from', '/to']) machine.fileSystem.makeDirectory(at(path));
            machine.write(at('/from/file'), 'text', true);
            machine.fileSystem.syncFileSystem(root);
            machine.fileSystem.rename(at('/from/file'), at('/to/file'));
            if (synced !== undefined) machine.fileSystem.syncDirectory(at(synced));
          },
          (machine) => machine.read(at('/to/file')) ?? machine.read(at('/from/file')),
          { nameOrder },
        );
        expect([...found]).toEqual(['text']);
      }
    });
  },
);

test('a file that was cut and filled again is as before, as after, or something between', () => {
  const found = outcomes(
    (machine) => {
      machine.write(at('/file'), 'the old text', true);
      machine.fileSystem.syncFileSystem(root);
      machine.fileSystem.truncate(at('/file'), 0);
      const handle = machine.fileSystem.open(at('/file'), 'write');
      machine.fileSystem.write(handle, Buffer.from('new'), 0);
      machine.fileSystem.close(handle);
      expect(machine.read(at('/file'))).toBe('new');
    },
    (machine) => machine.read(at('/file')) ?? 'nothing',
  );
  for (const text of ['the old text', 'new', '']) expect(found).toContain(text);
  expect(found).not.toContain('nothing');
});

test('a file that was cut and synced never has its end again', () => {
  const found = outcomes(
    (machine) => {
      machine.write(at('/file'), 'the old text', true);
      machine.fileSystem.truncate(at('/file'), 3);
      machine.fileSystem.syncFileSystem(root);
    },
    (machine) => machine.read(at('/file')) ?? 'nothing',
  );
  expect(found).toEqual(new Set(['the']));
});

describe('operations that rest on each other', () => {
  const textOf = (machine: Machine, ...paths: string[]) =>
    paths.map((path) => machine.read(at(path))).find((text) => text !== undefined);

  test('a directory renamed twice has exactly one name', () => {
    const found = outcomes(
      ({ fileSystem }) => {
        fileSystem.makeDirectory(at('/a'));
        fileSystem.syncFileSystem(root);
        fileSystem.rename(at('/a'), at('/b'));
        fileSystem.rename(at('/b'), at('/c'));
      },
      ({ fileSystem }) =>
        fileSystem
          .list(root)
          .map(({ name }) => name)
          .join(),
    );
    expect(found).toEqual(new Set(['a', 'b', 'c']));
  });

  test('a directory moved into another one never has two names, whatever was synced', () => {
    for (const synced of [undefined, '/from', '/to', '/last']) {
      const names = outcomes(
        ({ fileSystem }) => {
          for (const path of ['/from', '/to', '/last', '/from/d']) {
            fileSystem.makeDirectory(at(path));
          }
          fileSystem.syncFileSystem(root);
          fileSystem.rename(at('/from/d'), at('/to/d'));
          if (synced === '/to') fileSystem.syncDirectory(at(synced));
          fileSystem.rename(at('/to/d'), at('/last/d'));
          if (synced !== undefined) fileSystem.syncDirectory(at(synced));
        },
        ({ fileSystem }) =>
          ['/from/d', '/to/d', '/last/d']
            .filter((path) => statIfPresent(fileSystem, at(path)) !== undefined)
            .join(),
      );
      for (const name of names) expect(['/from/d', '/to/d', '/last/d']).toContain(name);
    }
  });

  test('a file moved into a new directory is not lost with it, whatever else was synced', () => {
    for (const synced of [undefined, '/from', '/to']) {
      const found = outcomes(
        (machine) => {
          machine.fileSystem.makeDirectory(at('/from'));
          machine.write(at('/from/file'), 'text', true);
          machine.fileSystem.syncFileSystem(root);
          machine.fileSystem.makeDirectory(at('/to'));
          machine.fileSystem.rename(at('/from/file'), at('/to/file'));
          if (synced !== undefined) machine.fileSystem.syncDirectory(at(synced));
        },
        (machine) => {
          const hasTarget = statIfPresent(machine.fileSystem, at('/to')) !== undefined;
          return textOf(machine, '/from/file', ...(hasTarget ? ['/to/file'] : []));
        },
      );
      expect([...found]).toEqual(['text']);
    }
  });

  test('a file moved out of a directory that is then removed is not lost with it', () => {
    const found = outcomes(
      (machine) => {
        machine.fileSystem.makeDirectory(at('/from'));
        machine.write(at('/from/file'), 'text', true);
        machine.fileSystem.syncFileSystem(root);
        machine.fileSystem.rename(at('/from/file'), at('/file'));
        machine.fileSystem.removeDirectory(at('/from'));
      },
      (machine) => {
        const hasSource = statIfPresent(machine.fileSystem, at('/from')) !== undefined;
        return textOf(machine, '/file', ...(hasSource ? ['/from/file'] : []));
      },
    );
    expect([...found]).toEqual(['text']);
  });

  test('a synced name survives where an earlier file was moved away unsynced', () => {
    const found = outcomes(
      (machine) => {
        for (const path of ['/from', '/to']) machine.fileSystem.makeDirectory(at(path));
        machine.write(at('/from/file'), 'first', true);
        machine.fileSystem.syncFileSystem(root);
        machine.fileSystem.rename(at('/from/file'), at('/to/file'));
        machine.write(at('/from/file'), 'second', true);
        machine.fileSystem.syncDirectory(at('/from'));
      },
      (machine) => `${machine.read(at('/from/file'))} ${machine.read(at('/to/file'))}`,
    );
    expect([...found]).toEqual(['second first']);
  });
});

describe('power loss', () => {
  test('random work of any kind never loses what was synced', () => {
    for (const seed of seeds) {
      const machine = new Machine();
      const expected = workAtRandom(machine, new SeededRandom(seed));
      machine.crash(seed);
      for (const [path, text] of expected) expect(machine.read(at(path)), seed).toBe(text);
      expect(machine.disk.journal.pendingCount).toBe(0);
    }
  });

  test('the same seed gives the same disk', () => {
    const treeAfter = () => {
      const machine = new Machine();
      workAtRandom(machine, new SeededRandom('same'));
      machine.crash('same');
      const names = machine.fileSystem.list(root).map(({ name }) => name);
      return names.map((name) => [name, machine.read(at(`/${name}`))]);
    };
    expect(treeAfter()).toEqual(treeAfter());
    expect(treeAfter().length).toBeGreaterThan(3);
  });

  test('after a sync that failed a later one that succeeds does not bring the bytes back', () => {
    const found = outcomes(
      (machine) => {
        machine.write(at('/file'), 'old', true);
        machine.fileSystem.syncDirectory(root);
        machine.disk.faults.failNext('syncFile', 'EIO');
        expect(() => machine.write(at('/file'), 'new', true)).toThrow('EIO');
        machine.write(at('/file'), 'x', true);
      },
      (machine) => machine.read(at('/file')),
    );
    expect(found.has('xld')).toBe(true);
    for (const text of found) expect(text?.[0]).toBe('x');
  });

  test('a torn file shows a ctime of its own', () => {
    for (const seed of seeds) {
      const machine = new Machine();
      machine.write(at('/file'), 'old', true);
      machine.fileSystem.syncFileSystem(root);
      const old = machine.fileSystem.stat(at('/file')).ctimeNs;
      machine.write(at('/file'), 'new', false);
      const recent = machine.fileSystem.stat(at('/file')).ctimeNs;
      machine.crash(seed);
      const text = machine.read(at('/file'));
      const ctimeNs = machine.fileSystem.stat(at('/file')).ctimeNs;
      if (ctimeNs === old) expect(text, seed).toBe('old');
      else if (ctimeNs === recent) expect(text, seed).toBe('new');
      else expect(ctimeNs).toBeGreaterThan(recent);
    }
  });

  test('a killed process loses its handles and nothing else', () => {
    const machine = new Machine();
    machine.write(at('/file'), 'unsynced', false);
    const handle = machine.fileSystem.open(at('/file'), 'read');
    machine.disk.killProcess();
    expect(() => machine.fileSystem.handleStat(handle)).toThrow('EBADF');
    expect(machine.read(at('/file'))).toBe('unsynced');
  });
});

/** Many calls of every kind; gives what must be there afterwards, by path. */
function workAtRandom(machine: Machine, random: SeededRandom): Map<string, string> {
  const { fileSystem } = machine;
  const durable = new Map<string, string>();
  for (let step = 0; step < 60; step += 1) {
    const name = `/name-${random.integer(0, 5)}`;
    const other = `/name-${random.integer(0, 5)}`;
    const exists = statIfPresent(fileSystem, at(name)) !== undefined;
    const action = random.integer(0, 5);
    if (action <= 1) {
      durable.delete(name);
      machine.write(at(name), `content-${step}`, random.chance(0.5));
    } else if (action === 2 && exists) {
      durable.delete(name);
      durable.delete(other);
      fileSystem.rename(at(name), at(other));
    } else if (action === 3 && exists) {
      durable.delete(name);
      fileSystem.unlink(at(name));
    } else if (action === 4 && exists) {
      const text = `content-${step}`;
      machine.write(at(name), text, true);
      fileSystem.syncDirectory(root);
      durable.set(name, machine.read(at(name)) ?? '');
    } else if (action === 5 && statIfPresent(fileSystem, at(`/kept-${step}`)) === undefined) {
      machine.write(at(`/kept-${step}`), `kept ${step}`, true);
      fileSystem.syncDirectory(root);
      durable.set(`/kept-${step}`, `kept ${step}`);
    }
  }
  return durable;
}

test('what the disk calls durable is there, and whole, after every power loss', () => {
  const names = ['/a', '/b', '/d/a', '/d/b', '/e/a'].map(at);
  let durable = 0;
  for (const seed of seeds) {
    const machine = new Machine();
    const random = new SeededRandom(seed);
    for (const path of ['/d', '/e']) machine.fileSystem.makeDirectory(at(path));
    for (let number = 0; number < 30; number += 1) {
      const [path, other] = [random.pick(names), random.pick(names)];
      const isThere = machine.read(path) !== undefined;
      if (random.chance(0.4)) machine.write(path, `text ${number}`, random.chance(0.5));
      else if (isThere && path !== other && random.chance(0.5))
        machine.fileSystem.rename(path, other);
      else machine.fileSystem.syncDirectory(at(random.pick(['/', '/d', '/e'])));
    }
    const before = names.filter((path) => machine.disk.isDurable(path));
    const texts = before.map((path) => machine.read(path));
    machine.crash(seed);
    expect(
      before.map((path) => machine.read(path)),
      seed,
    ).toEqual(texts);
    durable += before.length;
  }
  expect(durable).toBeGreaterThan(seeds.length);
});
