import { describe, expect, test } from 'vitest';
import type { Folder } from '../src/node-state.js';
import { judgeSafety, type Safety } from '../src/safety.js';
import { nodeWith, nowMs, photos } from './example-node.js';

function judge(...changes: readonly Partial<Folder>[]): Safety {
  return judgeSafety(nodeWith(...changes.map((change) => ({ ...photos, ...change }))), nowMs);
}

test('everything archived is safe, and says where and since when', () => {
  expect(judge({})).toEqual({
    level: 'safe',
    sentence: 'Everything is safe.',
    reason: '78,579 files, 215 GB, archived in 2 places. Newest change archived 40 seconds ago.',
  });
});

test('the number of places is that of the folder with the fewest', () => {
  expect(judge({ copies: 3 }, { copies: 1 }).reason).toContain('archived in 1 place.');
});

test('an archive of history alone is a place itself, and never says that there is none', () => {
  const archive = { archive: true, path: null, copies: 0, lastArchived: null };
  expect(judge(archive)).toMatchObject({ level: 'safe' });
  expect(judge(archive).reason).toContain('archived in 1 place.');
  expect(judge({ ...archive, path: '/mirror' })).toMatchObject({ level: 'warning' });
});

test('a proven restore, arriving files and a pause are told', () => {
  const { level, reason } = judge({
    lastDrill: '2026-03-01T06:00:00Z',
    needFiles: 2,
    state: 'paused',
  });
  expect(level).toBe('safe');
  expect(reason).toContain(
    'A restore was proven 6 hours ago. Still arriving here: 2 files. Paused: Photos.',
  );
});

test('with no folder there is nothing to be safe', () => {
  expect(judgeSafety(nodeWith(), nowMs)).toMatchObject({ level: 'new' });
});

describe('what is not safe is said instead', () => {
  test('a stopped folder, with the reason of the node', () => {
    expect(
      judge({}, { label: 'Music', state: 'stopped', stateReason: 'The disk is gone.' }),
    ).toEqual({
      level: 'alarm',
      sentence: 'Music is stopped.',
      reason: 'The disk is gone.',
      next: { label: 'Show what to do', address: '#folder-abcdefgh23456723' },
    });
  });

  test('what differs because of its mode is no alarm, and comes after what is not archived', () => {
    const local = {
      state: 'out-of-sync',
      mode: 'receive-only',
      receiveOnlyChangedFiles: 2,
    } as const;
    expect(judge(local)).toMatchObject({
      level: 'warning',
      sentence: 'Photos differs from the other devices.',
    });
    expect(judge({ ...local, unarchivedFiles: 2 }).sentence).toContain('not archived yet');
  });

  test('a question comes after a stop, and before archives', () => {
    const asking = { label: 'A', state: 'needs-confirmation', unarchivedFiles: 9 } as const;
    expect(judge(asking).sentence).toBe('A waits for your answer.');
    expect(judge(asking, { state: 'out-of-sync' }).level).toBe('alarm');
  });

  test('a folder that is nowhere else, with what would be lost', () => {
    const { level, sentence, reason, next } = judge({
      copies: 0,
      members: [],
      label: 'My files',
    });
    expect([level, sentence]).toEqual(['warning', 'My files is on this device only.']);
    expect(reason).toContain('78,579 files are lost');
    expect(next?.address).toBe('#folder-abcdefgh23456723');
  });

  test("this device's own archive is no second place", () => {
    expect(judge({ archive: true, copies: 1, members: [] }).level).toBe('warning');
    expect(judge({ archive: true, copies: 1, members: ['pi'] }).level).toBe('safe');
    expect(judge({ archive: true, copies: 2, members: [] }).level).toBe('safe');
  });

  test('changes that no archive has', () => {
    expect(judge({ unarchivedFiles: 1 }).sentence).toBe('1 change in Photos is not archived yet.');
    expect(judge({ copies: 0 }).sentence).toBe('Photos is in no archive yet.');
  });

  test('many folders are counted, and a long label is cut', () => {
    const stopped = { state: 'stopped' } as const;
    expect(judge(stopped, stopped, stopped, stopped).sentence).toBe('4 folders are stopped.');
    expect(judge({ ...stopped, label: 'x'.repeat(99) }).sentence.length).toBeLessThan(60);
  });
});
