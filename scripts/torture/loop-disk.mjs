/**
 * A small ext4 or xfs disk in a file, on a loop device, that can be filled and can lose its power. Mounts
 * are made in a mount namespace of the run's own and go with its last process; so do loop devices,
 * which the kernel lets go with their mounts.
 *
 * Power: the file system is shut down without its journal being flushed. From then on nothing
 * reaches the image, so it holds what a disk without a write cache holds after a power cut; the next
 * mount recovers the journal. What a write cache would lose or reorder is not shown: the simulation
 * does that.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlone } from './isolation.mjs';

/** How each file system is made; xfs refuses to be smaller. */
const kinds = {
  ext4: { diskBytes: 160 * 1024 * 1024, words: ['mkfs.ext4', '-q', '-m', '0', '-E', 'nodiscard'] },
  xfs: { diskBytes: 320 * 1024 * 1024, words: ['mkfs.xfs', '-q', '-K'] },
};
const fillingName = 'filling';
const busyTimeoutMs = 60_000;
/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h); xfs has the same call. */
const shutdownScript =
  'open(my $disk, "<", $ARGV[0]) or die $!; my $flags = pack("L", 2); ' +
  'ioctl($disk, 0x8004587d, $flags) or die $!';

export class LoopDisk {
  /** Where its files are. */
  path;
  #image;
  #mountOptions;
  #type;

  /** Makes and mounts an empty one; its image is `NAME.image` in the directory `place`. */
  constructor(place, name, mountOptions, type = 'ext4') {
    this.path = join(place, name);
    this.#image = join(place, `${name}.image`);
    this.#mountOptions = mountOptions;
    this.#type = type;
    const { diskBytes, words } = kinds[type];
    const handle = openSync(this.#image, 'wx');
    ftruncateSync(handle, diskBytes);
    closeSync(handle);
    mkdirSync(this.path);
    must(...words, this.#image);
    this.mount();
  }

  /** A power loss may have brought back what `free` removed: it goes again. */
  mount() {
    must('mount', '-t', this.#type, '-o', `loop,${this.#mountOptions}`, this.#image, this.path);
    this.free();
  }

  /** From now on nothing reaches the disk any more. */
  losePower() {
    must('perl', '-e', shutdownScript, this.path);
  }

  /** Once nobody uses it. A process that was just killed may take a moment. */
  async unmount() {
    const endMs = performance.now() + busyTimeoutMs;
    for (;;) {
      const { status, stderr } = spawnSync('umount', [this.path], { encoding: 'utf8' });
      if (status === 0) return;
      if (performance.now() > endMs) throw new Error(`${this.path} stays in use: ${stderr}`);
      await pause(20);
    }
  }

  /** Leaves only so many bytes. */
  fill(bytesLeft) {
    const { bavail, bsize } = statfsSync(this.path);
    const bytes = Math.max(0, bavail * bsize - bytesLeft);
    spawnSync('fallocate', ['-l', String(bytes), join(this.path, fillingName)]);
    if (bytesLeft > 0) return;
    spawnSync('dd', ['if=/dev/zero', `of=${join(this.path, `${fillingName}-2`)}`, 'bs=4096']);
  }

  /** Gives back what `fill` took. */
  free() {
    for (const name of [fillingName, `${fillingName}-2`])
      rmSync(join(this.path, name), { force: true });
  }
}

/** Why there can be no such disks here, or empty. Tries it once. */
export async function whyNoDisks(place, type = 'ext4') {
  if (!isAlone()) return 'there can be no namespace for its mounts; root can make one';
  try {
    const disk = new LoopDisk(place, `trial-${type}`, 'noatime', type);
    disk.losePower();
    await disk.unmount();
    disk.mount();
    await disk.unmount();
    return '';
  } catch (error) {
    return error.message;
  }
}

function must(command, ...words) {
  const { status, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${command} could not be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim()}`);
}
