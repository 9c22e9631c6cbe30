/** Windows of a file over several devices: who fails or is slow neither spoils it nor holds it up. */
import { AppError, type Clock } from '@holdfast/platform';
import { expect, test } from 'vitest';
import { WindowSpread } from '../src/window-spread.js';

const mismatch = () => new AppError('block_mismatch', 'not what it should be', { kind: 'retry' });
const lost = () => new AppError('connection_lost', 'lost', { kind: 'retry' });
const windows = Array.from({ length: 20 }, (_, number) => number);

/** Time stands still until someone waits for it. */
class WaitedClock implements Clock {
  #nowMs = 0;
  now = () => this.#nowMs;
  monotonic = () => this.#nowMs;
  setTimer(delayMs: number, callback: () => void) {
    const handle = setImmediate(() => {
      this.#nowMs += delayMs;
      callback();
    });
    return { cancel: () => clearImmediate(handle) };
  }
}

function spread(
  sources: readonly string[],
  ask: (source: string, window: number) => Promise<number>,
  write: (window: number, arrived: number) => Promise<void> = async () => undefined,
) {
  const written: number[] = [];
  const failed: string[] = [];
  const asked = new Map<string, number>();
  let open = 0;
  let mostOpen = 0;
  const running = new WindowSpread(windows, {
    clock: new WaitedClock(),
    ask: async (source: string, window: number) => {
      asked.set(source, (asked.get(source) ?? 0) + 1);
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      try {
        return await ask(source, window);
      } finally {
        open -= 1;
      }
    },
    write: async (window, arrived: number) => {
      await write(window, arrived);
      written.push(window);
    },
    onFailed: (source) => failed.push(source),
  }).run(sources);
  return { running, written, failed, asked, mostOpen: () => mostOpen };
}

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

test('two devices share the windows, and each is written once', async () => {
  const { running, written, failed, asked, mostOpen } = spread(
    ['one', 'two'],
    async (_, window) => {
      await soon();
      return window;
    },
  );
  await running;
  expect(written.sort((a, b) => a - b)).toEqual(windows);
  expect(failed).toEqual([]);
  expect(Math.min(asked.get('one') ?? 0, asked.get('two') ?? 0)).toBeGreaterThan(4);
  expect(mostOpen()).toBe(6);
});

test('many devices together are asked for no more than the bound', async () => {
  const { running, written, mostOpen } = spread(Array.from('abcdefgh'), async (_, window) => {
    await soon();
    return window;
  });
  await running;
  expect(written).toHaveLength(windows.length);
  expect(mostOpen()).toBe(6);
});

test('what a lost device owed is given by the other', async () => {
  const { running, written, failed } = spread(['bad', 'good'], async (source, window) => {
    await soon();
    if (source === 'bad') throw lost();
    return window;
  });
  await running;
  expect(written.sort((a, b) => a - b)).toEqual(windows);
  expect(failed).toEqual(['bad']);
});

test('a device that serves bad blocks is named, and asked no more', async () => {
  const { running, written, failed, asked } = spread(
    ['liar', 'good'],
    async (source, window) => {
      await soon();
      return source === 'liar' ? -1 : window;
    },
    async (_, arrived) => {
      await soon();
      if (arrived < 0) throw mismatch();
    },
  );
  await running;
  expect(written.sort((a, b) => a - b)).toEqual(windows);
  expect(failed).toEqual(['liar']);
  expect(asked.get('liar')).toBeLessThanOrEqual(3);
});

test('a device that never answers does not hold the file up', async () => {
  const never = new Promise<number>(() => undefined);
  const { running, written, failed } = spread(['silent', 'good'], async (source, window) => {
    await soon();
    return source === 'silent' ? never : window;
  });
  await running;
  expect(written.sort((a, b) => a - b)).toEqual(windows);
  expect(failed).toEqual([]);
});

test('where nobody gives a window, the file fails with the reason', async () => {
  const { running, failed } = spread(['one', 'two'], async () => {
    await soon();
    throw lost();
  });
  await expect(running).rejects.toMatchObject({ code: 'connection_lost' });
  expect(failed.sort()).toEqual(['one', 'two']);
});

test('a disk that cannot take it ends the work at once, and blames nobody', async () => {
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  const { running, failed } = spread(
    ['one', 'two'],
    async (_, window) => window,
    async () => {
      throw full;
    },
  );
  await expect(running).rejects.toBe(full);
  expect(failed).toEqual([]);
});
