/**
 * A laptop with two folders, an archive of both, and a hostile member that one of them is shared with.
 * Owns what has to hold whatever that member says: history only grows, all that the user wrote is in
 * it, nothing outside the folders is touched, and the nodes go on working.
 */
import type { DeviceId, FolderId, FolderPath } from '@holdfast/model';
import { decodeVersion, hexFrom } from '@holdfast/model';
import { type FilePath, filePathFrom, joinPath, readWholeFile } from '@holdfast/platform';
import { badCount, type VersionArchive } from '@holdfast/version-archive';
import { MemoryNetworkFabric, SeededRandom, VirtualWorldClock } from '../../src/seams/index.js';
import { watchConfinement } from '../../src/world/confinement-watch.js';
import { SeedFailure } from '../../src/world/seed-failure.js';
import { SimulatedMachine } from '../../src/world/simulated-machine.js';
import { WorldTrace } from '../../src/world/world-trace.js';
import { hash } from './hostile-knowledge.js';
import { HostilePeer } from './hostile-peer.js';

const labels = ['docs', 'private'] as const;
type Label = (typeof labels)[number];
const everything = { sample: 2 ** 32, seed: 1 };
const patienceMs = 30 * 60_000;
const archiveStore = filePathFrom('/home/store');

export class HostileScene {
  readonly clock = new VirtualWorldClock();
  readonly laptop: SimulatedMachine;
  readonly pi: SimulatedMachine;
  readonly peer: HostilePeer;
  readonly #random: SeededRandom;
  readonly #ids = new Map<Label, FolderId>();
  readonly #written = new Map<string, string>();
  readonly #stored = new Map<string, Uint8Array>();
  #head = 0;
  #failure: SeedFailure | undefined;

  constructor(seed: string, print?: (line: string) => void) {
    this.#random = new SeededRandom(seed);
    const { clock } = this;
    const random = this.#random;
    const trace = new WorldTrace({ nowMs: () => clock.nowMs, ...(print && { print }) });
    const fabric = new MemoryNetworkFabric({
      schedule: clock.schedule,
      random: random.fork('network'),
    });
    const machine = (name: string) =>
      new SimulatedMachine({
        name,
        device: `SimDevice${name.replaceAll('l', '1')}`,
        clock,
        fabric,
        random,
        trace,
        onFailure: (failure) => this.#fail(failure),
        onCall: (one, call) => this.#watch(() => watchConfinement(one, labels, call)),
        aroundPowerLoss: (_, lose) => lose(),
      });
    this.laptop = machine('laptop');
    this.pi = machine('pi');
    const device = 'SimDeviceMa11ory' as DeviceId;
    this.peer = new HostilePeer(device, { fabric, clock, random: random.fork('mallory') });
  }

  get stored() {
    return { position: this.#head, bytes: [...this.#stored.values()].reduce(sumOfLengths, 0) };
  }

  /** Paired, shared, and all that there is archived; the hostile member has said nothing yet. */
  async prepare(): Promise<void> {
    this.laptop.start();
    this.pi.start();
    await this.#until('the nodes start', () => this.#nodes().length === 2);
    const [laptop, pi] = this.#controls();
    await this.#complete(this.peer.start());
    await this.#complete(laptop.join((await this.#complete(pi.invite({}))).invite));
    for (const control of [laptop, pi]) {
      await this.#complete(this.peer.pair((await this.#complete(control.invite({}))).invite));
    }
    await this.peer.rest();
    for (const label of labels) {
      const path = joinPath(filePathFrom('/'), label);
      this.laptop.fileSystem.makeDirectory(path, 0o755);
      const { id } = await this.#complete(laptop.addFolder({ path, label }));
      this.#ids.set(label, id as FolderId);
      await this.#complete(laptop.shareFolder(id, this.pi.device));
      await this.#accept(id);
    }
    for (const control of [laptop, pi]) {
      await this.#complete(control.shareFolder(this.#idOf('docs'), this.peer.device));
    }
    for (let count = 0; count < 10; count += 1) this.#write();
    await this.check();
  }

  async #accept(folder: string): Promise<void> {
    const [, pi] = this.#controls();
    for (let tries = 0; tries < 200; tries += 1) {
      const offers = await this.#complete(pi.folderOffers());
      if (offers.some(({ id }) => id === folder)) {
        await this.#complete(pi.acceptFolder({ folder, archive: true }));
        return;
      }
      await this.clock.runUntil(this.clock.nowMs + 50);
    }
    throw new SeedFailure('not-live', 'the folder is not offered');
  }

  /** A time of attack, with the user at work, then a rest in which everything has to hold. */
  async stretch(acts: number): Promise<void> {
    const until = this.peer.counts.messages;
    this.peer.attack(acts);
    for (let part = 0; part < 3; part += 1) {
      await this.clock.runUntil(this.clock.nowMs + acts * 20);
      this.#write();
    }
    await this.clock.runUntil(this.clock.nowMs + acts * 20);
    this.#throwFailure();
    if (this.peer.counts.messages === until) throw new Error('the hostile member said nothing');
    await this.peer.rest();
    await this.check();
  }

  #write(): void {
    const count = this.#written.size;
    for (const label of labels) {
      const path = `${label}/written-${count}.txt`;
      const text = `${label} ${count} ${hexFrom(this.#random.bytes(20))}`;
      const { fileSystem } = this.laptop;
      const handle = fileSystem.open(filePathFrom(`/${path}`), 'create', 0o644);
      fileSystem.write(handle, Buffer.from(text), 0);
      fileSystem.close(handle);
      this.#written.set(path, text);
    }
  }

  /** Throws where a promise is not kept. */
  async check(): Promise<void> {
    const [laptop] = this.#controls();
    for (const label of labels) await this.#complete(laptop.rescanFolder(this.#idOf(label)));
    for (const [path, text] of this.#written) await this.#isArchived(path, text);
    this.#expectPrivate();
    this.#expectGrown();
    await this.#expectSound();
    await this.#complete(laptop.status());
    this.#throwFailure();
  }

  /** What the user wrote is in history, whatever anybody said of its path since. */
  async #isArchived(path: string, text: string): Promise<void> {
    const limit = this.clock.nowMs + patienceMs;
    while (!(await this.#complete(this.#archiveHas(path, text)))) {
      if (this.clock.nowMs > limit) throw new SeedFailure('data-loss', `${path} is not in history`);
      await this.clock.runUntil(this.clock.nowMs + 1000);
    }
  }

  async #archiveHas(path: string, text: string): Promise<boolean> {
    const archive = this.#archive();
    const slash = path.indexOf('/');
    const folder = this.#idOf(path.slice(0, slash) as Label);
    const wanted = hexFrom(hash(Buffer.from(text)));
    let cursor: Uint8Array | undefined;
    do {
      const page = await archive.query(folder, {
        type: 'log',
        path: path.slice(slash + 1) as FolderPath,
        limit: 1000,
        ...(cursor && { cursor }),
      });
      for (const { recordBytes } of page.entries) {
        const { record } = decodeVersion(recordBytes, hash);
        if (record.kind !== 'file' || record.blocks.entries[0]?.contentId !== wanted) continue;
        const [plain] = await archive.blocks.readPlain(record.blocks.entries);
        if (plain !== undefined && Buffer.from(plain).toString() === text) return true;
      }
      cursor = page.next;
    } while (cursor !== undefined);
    return false;
  }

  /** The folder that the hostile member does not share is on the disk as its user left it. */
  #expectPrivate(): void {
    const { fileSystem } = this.laptop;
    const root = filePathFrom('/private');
    const names = fileSystem.list(root).filter(({ name }) => !name.startsWith('.holdfast'));
    const written = [...this.#written].filter(([path]) => path.startsWith('private/'));
    if (names.length !== written.length) {
      throw new SeedFailure('invented-content', `${names.length} files lie in private`);
    }
    for (const [path, text] of written) {
      const found = Buffer.from(readWholeFile(fileSystem, filePathFrom(`/${path}`))).toString();
      if (found !== text) throw new SeedFailure('data-loss', `${path} is another file`);
    }
  }

  /** No byte that the archive once stored is another one: files of a store only grow. */
  #expectGrown(): void {
    const { fileSystem } = this.pi;
    for (const area of ['log-a', 'log-b', 'blocks']) {
      const directory = joinPath(archiveStore, area);
      const names = fileSystem.list(directory).map(({ name }) => `${area}/${name}`);
      const known = [...this.#stored.keys()].filter((name) => name.startsWith(`${area}/`));
      for (const name of known) {
        if (!names.includes(name)) throw new SeedFailure('history-shrank', `${name} is gone`);
      }
      for (const name of names) this.#compare(name, joinPath(archiveStore, name));
    }
    const { position } = this.#archive().head();
    if (position < this.#head) throw new SeedFailure('history-shrank', `the head is ${position}`);
    this.#head = position;
  }

  #compare(name: string, path: FilePath): void {
    const now = readWholeFile(this.pi.fileSystem, path);
    const before = this.#stored.get(name) ?? new Uint8Array();
    if (Buffer.compare(before, now.subarray(0, before.length)) !== 0) {
      throw new SeedFailure('history-shrank', `${name} has other bytes than before`);
    }
    this.#stored.set(name, now);
  }

  async #expectSound(): Promise<void> {
    const verification = this.#archive().verification();
    const run = async () => {
      for await (const step of verification.run(everything)) if (step.bytes < 0) return;
    };
    await this.#complete(run());
    const { findings } = verification;
    if (findings === undefined) throw new SeedFailure('not-live', 'verifying has no end');
    const { log, lost } = findings;
    const whole = log.records >= this.#head + 1 && lost.versions.length === 0;
    if (badCount(findings) === 0 && whole) return;
    throw new SeedFailure('data-loss', `verify finds ${badCount(findings)} bad, ${log.records}`);
  }

  #archive(): VersionArchive {
    const archive = this.pi.node?.archive();
    if (archive === undefined) throw new SeedFailure('not-live', 'the archive is not there');
    return archive;
  }

  #nodes() {
    return [this.laptop, this.pi].flatMap(({ node }) => (node === undefined ? [] : [node]));
  }

  #controls() {
    const [laptop, pi] = this.#nodes();
    if (laptop === undefined || pi === undefined) throw new SeedFailure('not-live', 'a node ended');
    return [laptop.control, pi.control] as const;
  }

  #idOf(label: Label): FolderId {
    const id = this.#ids.get(label);
    if (id === undefined) throw new Error(`${label} is no folder`);
    return id;
  }

  #watch(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#fail(error as SeedFailure);
    }
  }

  #fail(failure: SeedFailure): void {
    this.#failure ??= failure;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const deadlineMs = this.clock.nowMs + patienceMs;
    await this.clock.runUntil(() => this.#failure !== undefined || holds(), { deadlineMs });
    this.#throwFailure();
    if (!holds()) throw new SeedFailure('not-live', `${what}: it does not come to be`);
  }

  async #complete<Result>(promise: Promise<Result>): Promise<Result> {
    let settled: PromiseSettledResult<Result> | undefined;
    void Promise.allSettled([promise]).then(([outcome]) => {
      settled = outcome;
    });
    await this.#until('an answer', () => settled !== undefined);
    return promise;
  }
}

function sumOfLengths(sum: number, { length }: Uint8Array): number {
  return sum + length;
}
