import { describe, expect, test } from 'vitest';
import { nativeEventsReliable, watchSuggestion } from '../src/folder-watch.js';
import { NodeWorld, root, SharedWorld } from './node-world.js';

test.each([
  ['ext4', true],
  ['xfs', true],
  ['btrfs', true],
  ['zfs', true],
  ['tmpfs', true],
  ['overlay', true],
  ['vfat', true],
  ['exfat', true],
  // A disk of this machine behind FUSE, such as one with NTFS.
  ['fuseblk', true],
  ['nfs', false],
  ['nfs4', false],
  ['cifs', false],
  ['smb3', false],
  ['9p', false],
  ['afs', false],
  ['ceph', false],
  ['virtiofs', false],
  ['fuse', false],
  ['fuse.sshfs', false],
  ['fuse.rclone', false],
])('whether events on %s tell of every change: %s', (type, reliable) => {
  expect(nativeEventsReliable(type)).toBe(reliable);
});

describe('the suggestion', () => {
  const folder = { id: 'photosphotosphot', label: 'Photos' };
  const state = { choice: 'auto', method: 'native', reason: '', fileSystem: 'nfs4' } as const;

  test('says what, why, and what to type', () => {
    const text = watchSuggestion(state, folder);
    expect(text).toContain('(nfs4)');
    expect(text).toContain('raises no event');
    expect(text).toContain('holdfast folder set Photos --watch polling');
  });

  test('names the folder by its id where a shell would not take the label as it is', () => {
    const text = watchSuggestion(state, { ...folder, label: "Ada's $(photos)" });
    expect(text).toContain('holdfast folder set photosphotosphot --watch polling');
  });

  test('there is none on a disk, where it is not known, and once a person has chosen', () => {
    expect(watchSuggestion({ ...state, fileSystem: 'ext4' }, folder)).toBe('');
    expect(watchSuggestion({ ...state, fileSystem: undefined }, folder)).toBe('');
    expect(watchSuggestion({ ...state, choice: 'native' }, folder)).toBe('');
    expect(watchSuggestion({ ...state, choice: 'polling', method: 'polling' }, folder)).toBe('');
    expect(watchSuggestion({ ...state, method: 'polling' }, folder)).toBe('');
  });
});

describe('a folder on a network file system', () => {
  async function laptopOn(fileSystemType: string | undefined) {
    const shared = new SharedWorld();
    const laptop = new NodeWorld(shared);
    laptop.fileSystemType = fileSystemType;
    await laptop.start();
    return { shared, laptop, control: laptop.node.control };
  }

  test('is added with a note, and the status goes on to say it', async () => {
    const { shared, control } = await laptopOn('nfs4');
    const added = await shared.complete(control.addFolder({ path: root, label: 'Photos' }));
    expect(added.notes).toEqual([expect.stringContaining('--watch polling')]);
    const [folder] = await shared.complete(control.folders());
    expect(folder?.watch).toMatchObject({
      mode: 'auto',
      method: 'native',
      fileSystem: 'nfs4',
      suggestion: added.notes[0],
    });
  });

  test('on a disk there is no note', async () => {
    const { shared, control } = await laptopOn('ext4');
    const added = await shared.complete(control.addFolder({ path: root, label: 'Photos' }));
    expect(added.notes).toEqual([]);
  });

  test('a mount that comes later is seen by the next scan', async () => {
    const { shared, laptop, control } = await laptopOn('ext4');
    await shared.complete(control.addFolder({ path: root, label: 'Photos' }));
    laptop.fileSystemType = 'fuse.sshfs';
    await shared.complete(control.rescanFolder('Photos'));
    const [folder] = await shared.complete(control.folders());
    expect(folder?.watch?.suggestion).toContain('(fuse.sshfs)');
  });

  test('the choice is stored and taken over at once, and ends the suggestion', async () => {
    const { shared, laptop, control } = await laptopOn('nfs4');
    await shared.complete(control.addFolder({ path: root, label: 'Photos' }));
    await shared.complete(control.setWatch('Photos', 'polling'));
    expect(laptop.node.config.current.folders[0]?.watch).toBe('polling');
    const method = () => [...laptop.node.engine.folders.values()][0]?.tree?.watchState.method;
    await shared.until(() => method() === 'polling');
    const [folder] = await shared.complete(control.folders());
    expect(folder?.watch).toMatchObject({ mode: 'polling', suggestion: '' });
  });
});
