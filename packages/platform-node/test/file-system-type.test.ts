import { existsSync } from 'node:fs';
import { type FilePath, filePathFrom } from '@holdfast/platform';
import { fileSystemTypeOf } from '@holdfast/platform-node';
import { expect, test } from 'vitest';
import { typeFromMagic, typeFromMounts } from '../src/file-system-type.js';

const path = (text: string) => filePathFrom(text);
const lines = (...mounts: string[]) => `${mounts.join('\n')}\n`;
const rootMount = '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw';

test('a path has the type of the nearest mount above it', () => {
  const listed = lines(
    rootMount,
    '60 27 0:40 / /mnt/nas rw shared:7 master:2 - nfs4 nas:/photos rw',
    '61 60 0:41 / /mnt/nas/phone rw - fuse.sshfs me@phone:/ rw',
  );
  expect(typeFromMounts(listed, path('/mnt/nas'))).toBe('nfs4');
  expect(typeFromMounts(listed, path('/mnt/nas/2024/may'))).toBe('nfs4');
  expect(typeFromMounts(listed, path('/mnt/nas/phone/dcim'))).toBe('fuse.sshfs');
  expect(typeFromMounts(listed, path('/mnt/nas2'))).toBe('ext4');
});

test.each([
  [
    'of two mounts at one place the one on top counts',
    '60 27 0:40 / /data rw - autofs systemd-1 rw',
    '61 60 0:41 / /data rw - cifs //nas/data rw',
    'cifs',
  ],
  [
    'a mount that is hidden by a later one above it does not count',
    '60 27 0:40 / /data/inner rw - nfs nas:/ rw',
    '61 27 0:41 / /data rw - xfs /dev/sdb rw',
    'xfs',
  ],
])('%s', (_sentence, earlier, later, type) => {
  const listed = lines(rootMount, earlier, later);
  expect(typeFromMounts(listed, path('/data/inner/x'))).toBe(type);
});

test('mount points are byte strings with octal escapes', () => {
  const listed = lines(rootMount, '60 27 0:40 / /My\\040disk\\134 rw - vfat /dev/sdb rw');
  expect(typeFromMounts(listed, '/My disk\\/file' as FilePath)).toBe('vfat');
});

test('lines that are no mounts are passed over', () => {
  expect(typeFromMounts('', path('/x'))).toBeUndefined();
  expect(typeFromMounts(lines('nonsense', rootMount), path('/x'))).toBe('ext4');
});

test('magic numbers name their file system, with or without a sign', () => {
  expect(typeFromMagic(0x6969)).toBe('nfs');
  expect(typeFromMagic(0xff534d42)).toBe('cifs');
  expect(typeFromMagic(0xff534d42 | 0)).toBe('cifs');
  expect(typeFromMagic(0x65735546)).toBe('fuse');
  expect(typeFromMagic(1)).toBeUndefined();
});

test('the mounts of this machine are told apart', async () => {
  expect(await fileSystemTypeOf(path('/proc/self'))).toBe('proc');
  expect(await fileSystemTypeOf(path(process.cwd()))).toMatch(/^[a-z0-9.]+$/);
  if (existsSync('/dev/shm')) expect(await fileSystemTypeOf(path('/dev/shm'))).toBe('tmpfs');
});
