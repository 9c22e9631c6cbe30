/** One node as a real process with a home of its own. Owns the process: it signals no other. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FolderStatus, NodeStatus } from '@holdfast/node';
import { expect, vi } from 'vitest';
import { runInPlace } from './command-in-place.js';
import {
  answerFrom,
  type Outcome,
  outcomeOf,
  type Refusal,
  refusalFrom,
  spawnHoldfast,
} from './command-line.js';
import { eventually } from './eventually.js';
import { commandPatienceMs, conditionPatienceMs, waitSeconds } from './patience.js';

export interface Ready {
  readonly event: 'ready';
  readonly device: string;
  readonly name: string;
  readonly gui: string;
  readonly addresses: readonly string[];
  readonly warnings: readonly string[];
}

interface Offers {
  readonly offers: readonly {
    readonly id: string;
    readonly label: string;
    readonly devices: readonly { readonly id: string }[];
  }[];
}

const pageAnywhere = ['--gui', '127.0.0.1:0'];
export const defaultUp: readonly string[] = [...pageAnywhere, '--listen', '/ip4/127.0.0.1/tcp/0'];

export class NodeProcess {
  readonly home: string;
  readonly name: string;
  /** What the node and its commands run under: a command that runs the rest in its own place. */
  prefix: readonly string[] = [];
  /** As `prefix`, for the node alone and inside of it. */
  upPrefix: readonly string[] = [];
  readonly #commandsAsProcesses: boolean;
  readonly #neighbours: () => readonly NodeProcess[];
  #child: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(null);
  #ready: Ready | undefined;
  #isUp = false;

  /** `neighbours` are the nodes of the same test, this one among them. */
  constructor(
    home: string,
    name: string,
    commandsAsProcesses: boolean,
    neighbours: () => readonly NodeProcess[],
  ) {
    this.home = home;
    this.name = name;
    this.#commandsAsProcesses = commandsAsProcesses;
    this.#neighbours = neighbours;
  }

  get ready(): Ready {
    if (this.#ready === undefined) throw new Error(`${this.name} was never up.`);
    return this.#ready;
  }

  get device(): string {
    return this.ready.device;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running.`);
    return pid;
  }

  /**
   * Resolves with the ready line, which must be the first. Unless told otherwise it listens where it
   * did before, as a node at home does: the others know it there. Where something else on this
   * machine took the port meanwhile, it gets another one.
   */
  async start(flags?: readonly string[]): Promise<Ready> {
    const listen = this.#ready?.addresses.flatMap((address) => ['--listen', address]);
    if (flags !== undefined || listen === undefined) return this.#up(flags ?? defaultUp);
    try {
      return await this.#up([...pageAnywhere, ...listen]);
    } catch (error) {
      if (!String(error).includes('address_in_use')) throw error;
      return this.#up(defaultUp);
    }
  }

  async #up(flags: readonly string[]): Promise<Ready> {
    const given = ['up', '--name', this.name, '--no-browser', ...flags];
    const child = spawnHoldfast(this.home, given, [...this.prefix, ...this.upPrefix]);
    this.#child = child;
    this.#isUp = false;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    const line = await firstLine(child);
    if (line === undefined) {
      await this.#ended;
      throw new Error(`${this.name} did not get up: ${stderr}`);
    }
    this.#ready = JSON.parse(line) as Ready;
    this.#isUp = true;
    return this.#ready;
  }

  /** Resolves with the exit code. */
  async signal(signal: NodeJS.Signals): Promise<number | null> {
    this.#child?.kill(signal);
    return this.#ended;
  }

  /** Ends it cleanly if it runs. */
  async stop(): Promise<void> {
    if (this.isRunning) await this.signal('SIGTERM');
  }

  async ended(): Promise<number | null> {
    return this.#ended;
  }

  /** A command that must succeed. */
  async ask<Answer = unknown>(...given: readonly string[]): Promise<Answer> {
    return answerFrom<Answer>(await this.run(...given), given);
  }

  /** The bytes that `cat` gives of a version; throws with what it says where it gives none. */
  async cat(...given: readonly string[]): Promise<Buffer> {
    const { exitCode, stdout, stderr } = await this.run('cat', ...given);
    if (exitCode !== 0) throw new Error(`cat ${given.join(' ')} ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  run(...given: readonly string[]): Promise<Outcome> {
    const isInPlace = !this.#commandsAsProcesses && this.#isReachable && !loadsNode(given);
    if (isInPlace) return runInPlace(this.home, ...given);
    return outcomeOf(spawnHoldfast(this.home, given, this.prefix));
  }

  async refuses(exitCode: number, ...given: readonly string[]): Promise<Refusal> {
    return refusalFrom(await this.run(...given), exitCode, given.join(' '));
  }

  /** Looked at again and again: a process for each look would keep a small machine busy. */
  status(): Promise<NodeStatus> {
    return this.#look<NodeStatus>('status');
  }

  async #look<Answer>(...given: readonly string[]): Promise<Answer> {
    if (!this.#isReachable) return this.ask<Answer>(...given);
    return answerFrom<Answer>(await runInPlace(this.home, ...given), given);
  }

  /** Waits until the folder, by its id or label, is offered to this node, by all of these. */
  async isOffered(folder: string, ...by: readonly NodeProcess[]): Promise<void> {
    await eventually(`${folder} is offered to ${this.name}`, async () => {
      const { offers } = await this.#look<Offers>('folder', 'offers');
      const offer = offers.find(({ id, label }) => id === folder || label === folder);
      const devices = offer?.devices.map(({ id }) => id);
      return devices !== undefined && by.every(({ device }) => devices.includes(device));
    });
  }

  /** On a busy machine an offer may take longer than the command waits for it. */
  async accept<Answer = unknown>(folder: string, ...how: readonly string[]): Promise<Answer> {
    await this.isOffered(folder);
    return this.ask<Answer>('folder', 'accept', folder, ...how);
  }

  /** Waits until nothing is left to do between this node and all that run and keep the folder with it. */
  inSync(label = 'docs'): Promise<void> {
    return this.#settles(label);
  }

  /** The same, and as many archives as the folder wants have every version that is here. */
  archived(label = 'docs'): Promise<void> {
    return this.#settles(label, '--archived');
  }

  /**
   * The command itself goes by who is linked when it looks: after a start, or while one connection
   * takes the place of another, that may be one of several.
   */
  async #settles(label: string, ...flags: readonly string[]): Promise<void> {
    await eventually(`${label} on ${this.name} is in sync with all who keep it`, async () => {
      await this.isLinked(label);
      await this.ask('wait', label, ...flags, '--timeout', waitSeconds);
      return (await this.#unlinked(label)).length === 0;
    });
  }

  /** Waits until all nodes that run and keep the folder with this one are linked with it. */
  async isLinked(label = 'docs'): Promise<void> {
    await eventually(`${label} on ${this.name} is linked with all who keep it`, async () => {
      return (await this.#unlinked(label)).length === 0;
    });
  }

  /** Waits until this node has noticed that another one, which was stopped or killed, is away. */
  async misses(other: NodeProcess, label = 'docs'): Promise<void> {
    await eventually(`${this.name} has noticed that ${other.name} is away`, async () => {
      return !(await this.#folderNow(label)).connectedMembers.includes(other.device);
    });
  }

  /** Who runs and keeps the folder, lists this node and is listed, and has no link with it yet. */
  async #unlinked(label: string): Promise<NodeProcess[]> {
    const here = await this.#folderNow(label);
    const found: NodeProcess[] = [];
    for (const other of this.#neighbours()) {
      if (other === this || !other.#isUp || !other.isRunning) continue;
      const { device } = other;
      if (!here.members.includes(device) || here.connectedMembers.includes(device)) continue;
      const there = (await other.status()).folders.find(({ id }) => id === here.id);
      if (there?.members.includes(this.device) && there.state !== 'stopped') found.push(other);
    }
    return found;
  }

  async #folderNow(label: string): Promise<FolderStatus> {
    const found = (await this.status()).folders.find((folder) => folder.label === label);
    if (found === undefined) throw new Error(`${this.name} has no folder ${label}.`);
    return found;
  }

  /** Whether this process can act as the node's user where the node is. */
  get #isReachable(): boolean {
    return this.prefix.length === 0;
  }

  /** How the folder is between two scans: a hint may begin one at any time, also when all is done. */
  folder(label = 'docs'): Promise<FolderStatus> {
    return eventually(`${this.name} is done with its scan of ${label}`, async () => {
      const found = await this.#folderNow(label);
      return found.state !== 'scanning' && found;
    });
  }

  /** Waits until the folder's status says so: figures may move for a moment after all is done. */
  shows(expected: object, label = 'docs'): Promise<FolderStatus> {
    const look = async () => {
      const found = await this.folder(label);
      expect(found, `${label} on ${this.name}`).toMatchObject(expected);
      return found;
    };
    return vi.waitFor(look, { timeout: conditionPatienceMs, interval: 25 });
  }
}

/** A node is always a process of its own, even one that refuses to start. */
function loadsNode([verb]: readonly string[]): boolean {
  return verb === 'up' || verb === 'init';
}

/** Later lines are read and passed over, so that the process never waits for a reader. */
async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => child.kill('SIGKILL'), commandPatienceMs);
  const line = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    child.once('close', () => resolve(undefined));
  });
  clearTimeout(timer);
  return line;
}
