/**
 * What `ArchiveWorld` is, with the store of an archive alone in the process that is crashed: it is
 * given what a device would send, and its receipts are written down as they come.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ArchiveHome } from './archive-home.mjs';
import { contentOf, pathsOf } from './archive-world.mjs';

const program = fileURLToPath(new URL('./store-process.mjs', import.meta.url));
const keep = 'monthly=1';

export class StoreWorld {
  exited;
  #place;
  #home;
  #ledger;
  #child;
  #waiting = [];
  #isGone = true;
  #batches = 0;
  #contents = 0;

  static async open(place, fileSystem, ledger) {
    const world = new StoreWorld(place, new ArchiveHome(place, fileSystem), ledger);
    await world.start();
    return world;
  }

  constructor(place, home, ledger) {
    this.#place = place;
    this.#home = home;
    this.#ledger = ledger;
  }

  get pid() {
    return this.#child.pid;
  }

  async start() {
    const errors = openSync(join(this.#place, 'pi.stderr'), 'a');
    const child = spawn(process.execPath, [program, this.#home.path], {
      stdio: ['pipe', 'pipe', errors],
      env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    });
    closeSync(errors);
    this.#child = child;
    this.#isGone = false;
    // What is written to a process that was just killed goes nowhere.
    child.stdin.on('error', () => undefined);
    // All that it said was read by then, receipts too.
    this.exited = once(child, 'close').then(() => this.#ended());
    createInterface({ input: child.stdout }).on('line', (line) => this.#heard(JSON.parse(line)));
    await this.#answer();
  }

  async answers() {
    return await this.#ask('ping').then(
      () => true,
      async () => {
        await this.exited;
        return false;
      },
    );
  }

  losePower() {
    return this.#home.losePower();
  }

  async gather() {}

  ingest() {
    const files = pathsOf(this.#batches++).map((path) => {
      const counter = ++this.#contents;
      const content = contentOf(path, counter);
      this.#ledger.noteWritten(path, content);
      return { path, counter, content: content.toString('base64') };
    });
    return this.#ask('ingest', files);
  }

  async thin() {
    this.#ledger.release(await this.#ask('thin', keep));
  }

  async keepAside() {
    await this.#kill();
    this.#home.keepAside();
    await this.start();
  }

  async putBack() {
    await this.#kill();
    this.#home.putBack();
    await this.start();
  }

  compact() {
    return this.#ask('compact');
  }

  goOn() {}

  rebuild() {
    return this.#ask('rebuild');
  }

  verify() {
    return this.#ask('verify');
  }

  async read(wanted) {
    return Buffer.from(await this.#ask('read', wanted), 'base64');
  }

  async close() {
    await this.#kill();
    await this.#home.close();
  }

  async #kill() {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  #ask(name, input) {
    if (this.#isGone) return Promise.reject(new Error('the process is gone'));
    this.#child.stdin.write(`${JSON.stringify({ name, input })}\n`);
    return this.#answer();
  }

  #answer() {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #heard({ receipts, error, done }) {
    if (receipts !== undefined) {
      for (const [path, version] of receipts) this.#ledger.acknowledge(path, version);
      return;
    }
    const { resolve, reject } = this.#waiting.shift();
    if (error === undefined) resolve(done);
    else reject(new Error(error));
  }

  #ended() {
    this.#isGone = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the process is gone'));
  }
}
