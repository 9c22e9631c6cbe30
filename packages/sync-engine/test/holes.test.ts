import { filePathFrom, joinPath } from '@holdfast/platform';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLargestZeroBlock, minHoleBytes, writeSparsely } from '../src/holes.js';
import { contentOf, PlaceWorld, root } from './place-world.js';

const file = joinPath(root, 'sparse' as never);

/** A file being filled, and how many bytes of it were really written. */
function filling(before = '') {
  const world = new PlaceWorld();
  world.write('sparse', before);
  const handle = world.user.open(filePathFrom(file), 'write');
  let written = 0;
  const counting = new Proxy(world.user, {
    get: (target, name) => {
      if (name === 'write') {
        return (...[to, bytes, at]: Parameters<typeof target.write>) => {
          written += bytes.length;
          target.write(to, bytes, at);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const write = (bytes: Uint8Array, position: number, sizeBytes: number) =>
    writeSparsely(counting, handle, bytes, position, sizeBytes);
  const content = () => {
    const bytes = Buffer.alloc(world.user.handleStat(handle).sizeBytes);
    world.user.read(handle, bytes, 0);
    return bytes;
  };
  return { write, content, written: () => written };
}

const zeros = (length: number) => new Uint8Array(length);

test('the block that a long hole is cut into is known by its name', () => {
  const lengthBytes = 1024 * 1024;
  const { contentId } = contentOf('\0'.repeat(lengthBytes));
  expect(isLargestZeroBlock({ contentId, lengthBytes })).toBe(true);
  expect(isLargestZeroBlock({ contentId, lengthBytes: lengthBytes - 1 })).toBe(false);
  expect(isLargestZeroBlock({ contentId: contentOf('x').contentId, lengthBytes })).toBe(false);
});

describe('zeros', () => {
  const end = 3 * minHoleBytes;

  test('are left out where nothing is yet; at the end one byte makes the size', () => {
    const { write, content, written } = filling();
    write(zeros(minHoleBytes), 0, end);
    expect([written(), content().length]).toEqual([0, 0]);
    write(Buffer.from('data'), minHoleBytes, end);
    write(zeros(end - minHoleBytes - 4), minHoleBytes + 4, end);
    expect(written()).toBe(5);
    expect(content()).toEqual(
      Buffer.concat([zeros(minHoleBytes), Buffer.from('data'), zeros(end - minHoleBytes - 4)]),
    );
  });

  test('are written over what a crash left there, wherever that begins', () => {
    for (const at of [0, minHoleBytes - 1]) {
      const { write, content } = filling(`${'\0'.repeat(at)}torn`);
      write(zeros(minHoleBytes), 0, end);
      expect(content().subarray(0, minHoleBytes)).toEqual(Buffer.alloc(minHoleBytes));
    }
  });

  test('that are few are written', () => {
    const { write, written } = filling();
    write(zeros(minHoleBytes - 1), 0, end);
    expect(written()).toBe(minHoleBytes - 1);
  });
});

test('in whatever order its pieces come, and whatever was there, a file reads as it should', () => {
  const piece = fc.tuple(
    fc.integer({ min: 1, max: 3 * minHoleBytes }),
    fc.integer({ min: 0, max: 1 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.boolean(),
      (all, by, torn) => {
        const wanted = Buffer.concat(all.map(([length, fill]) => Buffer.alloc(length, fill)));
        const { write, content } = filling(torn ? 'torn' : '');
        let from = 0;
        const pieces = all.map(([length]) => {
          from += length;
          return [from - length, from] as const;
        });
        for (let count = 0; count < pieces.length; count += 1) {
          const [start, stop] = pieces[(count + by) % pieces.length]!;
          write(wanted.subarray(start, stop), start, wanted.length);
        }
        // What is shorter than the file that was there is begun anew, not filled.
        if (wanted.length >= 4) expect(content().equals(wanted)).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});
