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
import { commandPatienceMs, conditionPatienceMs } from './patience.js';

export interface Ready {
  readonly event: 'ready';
  readonly device: string;
  readonly name: string;
  readonly gui: string;
  readonly addresses: readonly string[];
  readonly warnings: readonly string[];
}

interface Offers {
  readonly offers: readonly { readonly id: string; readonly label: string }[];
}

const pageAnywhere = ['--gui', '127.0.0.1:0'];
export const defaultUp: readonly string[] = [...pageAnywhere, '--listen', '/ip4/127.0.0.1/tcp/0'];

export class NodeProcess {
  readonly home: string;
  readonly name: string;
  /** What the node and its commands run under: a command that runs the rest in its own place. */
  prefix: readonly string[] = [];
  readonly #commandsAsProcesses: boolean;
  #child: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(null);
  #ready: Ready | undefined;

  constructor(home: string, name: string, commandsAsProcesses: boolean) {
    this.home = home;
    this.name = name;
    this.#commandsAsProcesses = commandsAsProcesses;
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
    const child = spawnHoldfast(this.home, given, this.prefix);
    this.#child = child;
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

  /** Waits until the folder, by its id or label, is offered to this node. */
  async isOffered(folder: string): Promise<void> {
    await eventually(`${folder} is offered to ${this.name}`, async () => {
      const { offers } = await this.#look<Offers>('folder', 'offers');
      return offers.some(({ id, label }) => id === folder || label === folder);
    });
  }

  /** On a busy machine an offer may take longer than the command waits for it. */
  async accept<Answer = unknown>(folder: string, ...how: readonly string[]): Promise<Answer> {
    await this.isOffered(folder);
    return this.ask<Answer>('folder', 'accept', folder, ...how);
  }

  /** Whether this process can act as the node's user where the node is. */
  get #isReachable(): boolean {
    return this.prefix.length === 0;
  }

  /** How the folder is between two scans: a hint may begin one at any time, also when all is done. */
  folder(label = 'docs'): Promise<FolderStatus> {
    return eventually(`${this.name} is done with its scan of ${label}`, async () => {
      const found = (await this.status()).folders.find((folder) => folder.label === label);
      if (found === undefined) throw new Error(`${this.name} has no folder ${label}.`);
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
