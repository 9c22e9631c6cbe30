/**
 * A device that goes on, and an archive node that is crashed while it ingests from it, frees what was
 * thinned or makes its index again. Owns both processes.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launchNode, startNode } from '../node-process.mjs';
import { ArchiveHome } from './archive-home.mjs';

const label = 'docs';
const keep = 'monthly=1';
const timeoutMs = 120_000;
/** Calls are counted for each thread: so they are made by as few as there can be. */
const environment = { UV_THREADPOOL_SIZE: '1' };

/** Small files that change often, some that change seldom, and one of several blocks. */
export function pathsOf(batch) {
  const often = [0, 1, 2, 3].map((number) => `often-${number}`);
  const seldom = [0, 1].map((number) => `seldom-${(batch * 2 + number) % 20}`);
  return [...often, ...seldom, `large-${batch % 3}`];
}

/** No two of them are as long. */
export function contentOf(path, number) {
  return randomBytes((path.startsWith('large') ? 400_000 : 2000) + number);
}

export class ArchiveWorld {
  #place;
  #home;
  #ledger;
  #tree;
  #laptop;
  #pi;
  #listen;
  #process;
  #batches = 0;
  #contents = 0;

  static async open(place, fileSystem, ledger) {
    const world = new ArchiveWorld(place, new ArchiveHome(place, fileSystem), ledger);
    try {
      await world.#begin();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  constructor(place, home, ledger) {
    this.#place = place;
    this.#home = home;
    this.#ledger = ledger;
    this.#tree = join(place, 'tree');
  }

  get pid() {
    return this.#pi.pid;
  }

  /** Resolves when the archive's process is gone. */
  get exited() {
    return this.#process.exited;
  }

  /** Rejects where the archive does not come up, or cannot open its store. */
  async start() {
    const options = { logs: this.#place, env: environment };
    const listen = this.#listen === undefined ? {} : { listen: this.#listen };
    this.#process = launchNode(this.#home.files, 'pi', { ...options, ...listen });
    const tooLong = pause(timeoutMs, undefined, { ref: false });
    this.#pi = await Promise.race([this.#process.ready, tooLong]);
    if (this.#pi === undefined) throw new Error(`it was not ready after ${timeoutMs / 1000} s`);
    this.#listen = this.#pi.addresses[0];
    if (this.#ledger.acknowledged > 0) await this.#pi.control.archiveStatus();
  }

  async answers() {
    try {
      await this.#pi.control.status();
      return true;
    } catch {
      await this.exited;
      return false;
    }
  }

  losePower() {
    return this.#home.losePower();
  }

  /** What the device was told to be archived by now. */
  gather() {
    return this.#ledger.gather(this.#laptop.control, this.#pi.device);
  }

  /** The device's user writes; ends when the device counts everything as archived. */
  async ingest() {
    for (const path of pathsOf(this.#batches++)) {
      const content = contentOf(path, this.#contents++);
      writeFileSync(join(this.#tree, path), content);
      this.#ledger.noteWritten(`${label}/${path}`, content);
    }
    const { control } = this.#laptop;
    await control.rescanFolder(label);
    await control.wait({ folder: label, archived: true, timeoutMs });
  }

  /** The archive's user lets go what was overwritten; it may be freed from now on. */
  async thin() {
    const { control } = this.#pi;
    const result = await control.thinArchive({ folder: label, keep, apply: true, delayMs: 0 });
    this.#ledger.release(result.changes.map(({ version }) => version));
    while (Date.now() <= Date.parse(result.freeFrom ?? '')) await pause(5);
  }

  /** The device stands still: it learns nothing of an archive that is put back later. */
  async keepAside() {
    process.kill(this.#laptop.pid, 'SIGSTOP');
    await this.#kill();
    this.#home.keepAside();
    await this.start();
  }

  async putBack() {
    await this.#kill();
    this.#home.putBack();
    await this.start();
  }

  async compact() {
    const { ended, damagedSegments, copiedBytes } = await this.#pi.control.compactArchive({});
    return { isWhole: !ended && damagedSegments === 0, copiedBytes };
  }

  /** The archive stays as it is now: the device may know. */
  goOn() {
    process.kill(this.#laptop.pid, 'SIGCONT');
  }

  rebuild() {
    return this.#pi.control.rebuildArchiveIndex();
  }

  verify() {
    return this.#pi.control.verify({ samplePercent: 100 });
  }

  async read({ path, version }) {
    const chunks = [];
    const { bytes } = await this.#pi.control.cat({ path, version });
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async close() {
    await this.#kill();
    if (this.#laptop !== undefined) this.goOn();
    await this.#laptop?.kill();
    await this.#home.close();
  }

  async #kill() {
    this.#process?.child.kill('SIGKILL');
    await this.#process?.exited;
  }

  async #begin() {
    mkdirSync(this.#tree);
    this.#laptop = await startNode(this.#place, 'laptop');
    await this.start();
    const [laptop, pi] = [this.#laptop.control, this.#pi.control];
    await pi.join((await laptop.invite({})).invite);
    const { id } = await laptop.addFolder({ path: this.#tree, label });
    await laptop.shareFolder(id, 'pi');
    while (!(await pi.folderOffers()).some((offer) => offer.id === id)) await pause(20);
    await pi.acceptFolder({ folder: id, archive: true });
    await laptop.wait({ folder: id, archived: true, timeoutMs });
  }
}
