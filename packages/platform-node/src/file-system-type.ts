/**
 * What kind of file system a directory lies on: `ext4`, `nfs4`, `fuse.sshfs`. Linux lists its
 * mounts (proc_pid_mountinfo(5)), which asks nothing of a server that may be gone; elsewhere the
 * magic number of statfs(2) tells, without the part after `fuse.`.
 */
import { readFile, statfs } from 'node:fs/promises';
import { byteStringFrom, type FilePath, textOf } from '@holdfast/platform';
import { passOver } from './pass-over.js';

const mountList = '/proc/self/mountinfo';

/** Undefined where nothing tells. */
export async function fileSystemTypeOf(path: FilePath): Promise<string | undefined> {
  const listed = await passOver<Uint8Array | undefined>(readFile(mountList), undefined);
  if (listed !== undefined) return typeFromMounts(byteStringFrom(listed), path);
  if (process.platform !== 'linux') return undefined;
  const found = await passOver<{ type: number } | undefined>(statfs(textOf(path)), undefined);
  return found === undefined ? undefined : typeFromMagic(found.type);
}

interface Mount {
  readonly id: string;
  readonly parent: string;
  readonly point: string;
  readonly type: string;
}

/** The type of the mount that a path is seen through. Pure; `listed` is mountinfo's text. */
export function typeFromMounts(listed: string, path: FilePath): string | undefined {
  const above = listed
    .split('\n')
    .flatMap(mountFrom)
    .filter((mount) => holds(mount.point, path));
  const ids = new Set(above.map((mount) => mount.id));
  // The first one hangs on nothing that is seen; from there on, each hides what is below it.
  let current = above.find((mount) => mount.parent === mount.id || !ids.has(mount.parent));
  for (let left = above.length; left > 0 && current !== undefined; left -= 1) {
    const { id } = current;
    const [next] = above
      .filter((mount) => mount.parent === id && mount.id !== id)
      .sort((one, other) => one.point.length - other.point.length);
    if (next === undefined) break;
    current = next;
  }
  return current?.type;
}

function holds(point: string, path: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}

function mountFrom(line: string): Mount[] {
  const fields = line.split(' ');
  const [id, parent, , , point] = fields;
  const type = fields[fields.indexOf('-', 6) + 1];
  if (id === undefined || parent === undefined || point === undefined || type === undefined) {
    return [];
  }
  return [{ id, parent, point: unescaped(point), type }];
}

/** Spaces, tabs, newlines and backslashes are written as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** From statfs(2) and the kernel's magic.h. */
const magicTypes: Readonly<Record<number, string>> = {
  26985: 'nfs',
  20859: 'smb',
  4283649346: 'cifs',
  4266872130: 'smb3',
  16914839: '9p',
  1702057286: 'fuse',
  1397113167: 'afs',
  1799439955: 'afs',
  1937076805: 'coda',
  12805120: 'ceph',
  198183888: 'lustre',
  22092: 'ncpfs',
  2020557398: 'vboxsf',
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
};

/** Undefined for a number that is not known. Pure. */
export function typeFromMagic(magic: number): string | undefined {
  // Some runtimes give the number with a sign.
  return magicTypes[magic >>> 0];
}
