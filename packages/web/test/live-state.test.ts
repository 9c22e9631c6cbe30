import { describe, expect, test } from 'vitest';
import { followEvent, followRestores } from '../src/live-state.js';
import type { FolderProgress, NodeEvent } from '../src/node-state.js';
import { nodeWith, photos } from './example-node.js';

const progress: FolderProgress = {
  scan: { files: 1, knownFiles: 2, hashedBytes: 3, bytesPerSecond: 4 },
  receiving: null,
  sending: [],
};

function event(type: string, data: NodeEvent['data']): NodeEvent {
  return { id: 1, type, data: { folder: photos.id, ...data } };
}

describe('an event', () => {
  test('changes the figures of its folder at once, and nothing else', () => {
    const before = nodeWith(photos, { ...photos, id: 'other' });
    const { node } = followEvent(before, event('folder-progress', { files: 5, label: 'x' }));
    expect(node.folders[0]).toEqual({ ...photos, files: 5 });
    expect(node.folders[1]).toBe(before.folders[1]);
  });

  test('asks for the whole status when something begins or ends to move', () => {
    const still = nodeWith(photos);
    const moving = nodeWith({ ...photos, progress });
    expect(followEvent(still, event('folder-progress', { progress })).refreshMs).toBe(0);
    expect(followEvent(moving, event('folder-changed', { progress: null })).refreshMs).toBe(0);
  });

  test('asks for no status where the figures say all', () => {
    const moving = nodeWith({ ...photos, progress });
    expect(followEvent(moving, event('folder-progress', { progress })).refreshMs).toBeUndefined();
  });

  test('asks rarely while something moves, soon while nothing does', () => {
    const moving = nodeWith({ ...photos, progress });
    const slow = followEvent(moving, event('folder-changed', { progress })).refreshMs;
    const soon = followEvent(nodeWith(photos), event('folder-changed', { progress: null }));
    expect(slow).toBeGreaterThan(soon.refreshMs ?? Number.NaN);
  });

  test('of anything else, or of a folder that is new, asks at once', () => {
    const node = nodeWith(photos);
    expect(followEvent(node, event('device-paired', {})).refreshMs).toBe(0);
    expect(followEvent(node, event('folder-changed', { folder: 'new' })).refreshMs).toBe(0);
  });
});

describe('restores on their way', () => {
  const event = (type: string, to: string, files: number) => ({ id: 1, type, data: { to, files } });

  test('are followed by their place, until they end', () => {
    let restores = followRestores([], event('restore-progress', '/a', 1));
    restores = followRestores(restores, event('restore-progress', '/b', 1));
    restores = followRestores(restores, event('restore-progress', '/a', 2));
    expect(restores).toEqual([
      { to: '/b', files: 1 },
      { to: '/a', files: 2 },
    ]);
    expect(followRestores(restores, event('restored', '/a', 3))).toEqual([{ to: '/b', files: 1 }]);
    expect(followRestores(restores, event('folder-changed', '/a', 3))).toBe(restores);
  });

  test('do not have the whole status asked for again', () => {
    const node = nodeWith(photos);
    const told = event('restore-progress', '/a', 1);
    expect(followEvent(node, told)).toEqual({ node, refreshMs: undefined });
  });
});
