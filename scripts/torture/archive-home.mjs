/**
 * The home of an archive that is crashed: on a disk of its own, which can lose its power, or in a
 * directory. It can be kept aside and put back.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LoopDisk } from './loop-disk.mjs';

export class ArchiveHome {
  /** Where the home is. */
  path;
  /** The directory of it. */
  files;
  #aside;
  #disk;

  /** `fileSystem` is that of its disk; undefined: it has none of its own. */
  constructor(place, fileSystem) {
    this.#disk =
      fileSystem === undefined ? undefined : new LoopDisk(place, 'pi', 'noatime', fileSystem);
    this.files = this.#disk?.path ?? place;
    this.path = join(this.files, 'pi-home');
    this.#aside = join(place, 'pi-home-aside');
  }

  /** After the archive's process is gone: what it did not sync is, too. */
  async losePower() {
    this.#disk.losePower();
    await this.#disk.unmount();
    this.#disk.mount();
  }

  /** While no process has it. */
  keepAside() {
    rmSync(this.#aside, { recursive: true, force: true });
    cpSync(this.path, this.#aside, { recursive: true, preserveTimestamps: true });
  }

  /** It is again what it was, and durable as that. */
  putBack() {
    rmSync(this.path, { recursive: true, force: true });
    cpSync(this.#aside, this.path, { recursive: true, preserveTimestamps: true });
    if (this.#disk !== undefined) spawnSync('sync', ['-f', this.path]);
  }

  async close() {
    await this.#disk?.unmount();
  }
}
