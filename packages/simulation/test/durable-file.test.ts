/** Small files that have to be whole, through a power loss in the middle of any call that writes them. */
import { filePathFrom, readWholeFileIfPresent, writeFileDurably } from '@holdfast/platform';
import {
  KillSwitch,
  MemoryDisk,
  MemoryFileSystem,
  MountTable,
  SeededRandom,
  SimulatedCrash,
} from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

const path = filePathFrom('/config.json');
const chances = Array.from({ length: 30 }, (_, index) => `chance ${index}`);
const moreCalls = 20;

/** The power goes in the n-th call of the second write, or right behind its last one. */
function contentAfter(nameOrder: 'any' | 'journal', call: number, chance: string) {
  const disk = new MemoryDisk({ now: () => 1_790_000_000_000, nameOrder });
  const mounts = new MountTable(disk);
  writeFileDurably(new MemoryFileSystem({ mounts }), path, Buffer.from('the old one'));
  let left = call;
  const onCall = () => {
    left -= 1;
    if (left === 0) throw new SimulatedCrash();
  };
  const fileSystem = new MemoryFileSystem({ mounts, killSwitch: new KillSwitch(), onCall });
  let isWritten = false;
  try {
    writeFileDurably(fileSystem, path, Buffer.from('the new one'));
    isWritten = true;
  } catch (error) {
    if (!(error instanceof SimulatedCrash)) throw error;
  }
  disk.crash(new SeededRandom(chance));
  const bytes = readWholeFileIfPresent(new MemoryFileSystem({ mounts }), path);
  return { isWritten, text: bytes === undefined ? 'nothing' : Buffer.from(bytes).toString() };
}

describe.each(['any', 'journal'] as const)('names survive in order: %s', (nameOrder) => {
  const all = Array.from({ length: moreCalls }, (_, at) => at + 1).flatMap((call) =>
    chances.map((chance) => contentAfter(nameOrder, call, chance)),
  );

  test('a small file is the old or the new one, whole, after a power loss at any call', () => {
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set(['the old one', 'the new one']));
  });

  test('once it is written it is the new one', () => {
    const written = all.filter(({ isWritten }) => isWritten);
    expect(new Set(written.map(({ text }) => text))).toEqual(new Set(['the new one']));
    expect(written.length).toBeLessThan(all.length);
  });
});
