import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ActorId,
  conflictCopyOf,
  conflictNameOf,
  type DeviceId,
  type FolderPath,
  nameOf,
  refusalOfPath,
  type Version,
  versionOf,
} from '../src/index.js';

const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const author = '12D3KooWAnnaBernd' as DeviceId;

function versionAt(path: string): Version {
  const actor = '0000000000000001' as ActorId;
  return versionOf(
    {
      kind: 'file',
      path: path as FolderPath,
      vector: [{ actor, counter: 1 }],
      author,
      permissions: 0o644,
      mtimeNs: 1_700_000_000_000_000_000n,
      sizeBytes: 0,
      chunker: 'fastcdc-256k',
      blocks: { depth: 0, entries: [] },
    },
    hash,
  );
}

const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const isText = (name: string) =>
  Buffer.from(Buffer.from(name, 'latin1').toString('utf8'), 'utf8').toString('latin1') === name;

/** Names as disks have them: text of all kinds, or any bytes. */
const anyName = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }).map(bytes),
    fc
      .uint8Array({ minLength: 1, maxLength: 255 })
      .map((given) => Buffer.from(given).toString('latin1')),
  )
  .filter((name) => refusalOfPath(name) === undefined && !name.includes('/'));

describe('the name of a conflict copy', () => {
  test('leads back to the file and to whose edit it keeps, whatever the file is called', () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 0, max: 8 }), (name, attempt) => {
        const path = `dir/${name}` as FolderPath;
        const copy = conflictCopyOf(versionAt(path), attempt, hash).record.path;
        expect(refusalOfPath(copy)).toBeUndefined();
        const named = conflictNameOf(copy);
        expect(named?.deviceEnd).toBe(author.slice(-7));
        if (name.length <= 150) expect(named?.original).toBe(path);
      }),
    );
  });

  test('a copy of a copy leads back to the file that both go back to', () => {
    const first = conflictCopyOf(versionAt('a/plan.txt'), 0, hash).record.path;
    const second = conflictCopyOf(versionAt(first), 1, hash).record.path;
    expect(second).not.toBe(first);
    expect(conflictNameOf(second)).toEqual({ original: 'a/plan.txt', deviceEnd: 'naBernd' });
  });

  test('a long name is cut between characters, never inside of one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('e', 'é', '文', '🪸'), { minLength: 90, maxLength: 200 }),
        fc.constantFrom('', '.txt', '.é文🪸'),
        (characters, extension) => {
          const name = bytes(`${characters.join('')}${extension}`);
          if (name.length > 255) return;
          const copy = conflictCopyOf(versionAt(name), 0, hash).record.path;
          expect(isText(nameOf(copy))).toBe(true);
          expect(nameOf(copy).length).toBeLessThanOrEqual(255);
        },
      ),
    );
  });

  test.each([
    'plan.txt',
    'plan.sync-conflict-today-120000-abcdefg.txt',
    'plan.sync-conflict-20260301-120000-abc.txt',
    'plan.sync-conflict-20260301-120000-abcdefg-more.txt',
    'plan.sync-conflict-20260301-120000-abcdefg.tar.gz.bak.x.y',
  ])('is not that of %s', (name) => {
    expect(conflictNameOf(name as FolderPath)).toBeUndefined();
  });
});
