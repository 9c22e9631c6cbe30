/**
 * A temporary directory with nodes in it, paired and shared as a test wants it. Everything ends and
 * goes away with `close`, whatever happened before.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { refusalFrom } from './command-line.js';
import { eventually } from './eventually.js';
import { NodeProcess } from './node-process.js';
import { treeSnapshot } from './tree-snapshot.js';

export interface TestWorldOptions {
  /** How long the same nodes live; each test has its own, unless told otherwise. */
  readonly lasts?: 'one test' | 'the whole file';
  /** Where the command line is the subject: each command a process, as in a shell. */
  readonly commandsAsProcesses?: boolean;
}

/** Opens and closes the world of a test file; the one way in which these files begin. */
export function useTestWorld(options: TestWorldOptions = {}): TestWorld {
  const world = new TestWorld(options);
  const [before, after] =
    options.lasts === 'the whole file' ? [beforeAll, afterAll] : [beforeEach, afterEach];
  before(() => world.open());
  after(() => world.close());
  return world;
}

export class TestWorld {
  readonly #options: TestWorldOptions;
  #root: string | undefined;
  #nodes: NodeProcess[] = [];
  #closers: (() => Promise<void>)[] = [];

  constructor(options: TestWorldOptions) {
    this.#options = options;
  }

  get root(): string {
    if (this.#root === undefined) throw new Error('The world is not open.');
    return this.#root;
  }

  open(): void {
    this.#root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-end-to-end-')));
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  /** A new empty directory. */
  directory(...names: readonly string[]): string {
    const path = this.path(...names);
    mkdirSync(path, { recursive: true });
    return path;
  }

  node(name: string): NodeProcess {
    const { commandsAsProcesses = false } = this.#options;
    const home = this.path(`${name}-home`);
    const node = new NodeProcess(home, name, commandsAsProcesses, () => this.#nodes);
    this.#nodes.push(node);
    return node;
  }

  async startNodes<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ [Key in keyof Names]: NodeProcess }> {
    const nodes = names.map((name) => this.node(name));
    await Promise.all(nodes.map((node) => node.start()));
    return nodes as { [Key in keyof Names]: NodeProcess };
  }

  onClose(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    const root = this.#root;
    if (root === undefined) return;
    await Promise.all(
      this.#nodes.map(async (node) => {
        if (node.isRunning) await node.signal('SIGKILL');
      }),
    );
    await Promise.all(this.#closers.map((close) => close()));
    [this.#nodes, this.#closers, this.#root] = [[], [], undefined];
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * A handshake has a few seconds and no more, and a busy machine may need longer: then a person does
 * as the hint says, and makes a new invite. Without more they are devices of two people, so that
 * nobody is introduced to anybody: each test says who knows whom.
 */
export async function pair(
  one: NodeProcess,
  other: NodeProcess,
  whose: '--mine' | '--other' = '--other',
): Promise<void> {
  await eventually(`${one.name} and ${other.name} are paired`, async () => {
    const { invite } = await one.ask<{ invite: string }>('device', 'invite', whose);
    const outcome = await other.run('device', 'join', invite);
    if (outcome.exitCode === 0) return true;
    const { code } = refusalFrom(outcome, 1, 'device join');
    expect(['invite_refused', 'invite_unreachable']).toContain(code);
    return false;
  });
}

/** Each with each other. */
export async function pairAll(...nodes: readonly NodeProcess[]): Promise<void> {
  for (const [at, one] of nodes.entries()) {
    for (const other of nodes.slice(at + 1)) await pair(one, other);
  }
}

/** A node, and what it says when it accepts a folder: where, and in what role. */
export type Acceptance = readonly [NodeProcess, ...string[]];

/** Adds a folder on its first member and shares it with the others, which accept it. Returns its id. */
export async function shareFolder(
  owner: NodeProcess,
  tree: string,
  others: readonly Acceptance[],
  label = basename(tree),
): Promise<string> {
  const { id } = await owner.ask<{ id: string }>('folder', 'add', tree, '--label', label);
  for (const [node] of others) await owner.ask('folder', 'share', id, node.name);
  await Promise.all(others.map(([node, ...how]) => node.accept(id, ...how)));
  return id;
}

/** Two members of a folder that do not know yet that they both are. */
export async function introduce(id: string, one: NodeProcess, other: NodeProcess): Promise<void> {
  await one.ask('folder', 'share', id, other.name);
  await other.accept(id);
}

/** A laptop whose directory `docs` a pi archives: nobody else has it. `fill` makes what is in it. */
export async function archiveDocs(world: TestWorld, fill: (tree: string) => void) {
  const [laptop, pi] = await world.startNodes('laptop', 'pi');
  await pair(laptop, pi);
  const tree = world.directory('docs');
  fill(tree);
  await shareFolder(laptop, tree, [[pi, '--archive']], 'docs');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
  return { laptop, pi, tree };
}

export interface SharedFolder {
  readonly id: string;
  readonly laptop: NodeProcess;
  readonly desktop: NodeProcess;
  readonly pi: NodeProcess;
  readonly laptopTree: string;
  readonly desktopTree: string;
}

/** Laptop and desktop with the folder `docs`, and an archive called pi that keeps its history. */
export async function shareDocs(
  world: TestWorld,
  prefixes: Readonly<Record<string, readonly string[]>> = {},
): Promise<SharedFolder> {
  const nodes = ['laptop', 'desktop', 'pi'].map((name) => world.node(name));
  for (const node of nodes) node.prefix = prefixes[node.name] ?? [];
  await Promise.all(nodes.map((node) => node.start()));
  const [laptop, desktop, pi] = nodes as [NodeProcess, NodeProcess, NodeProcess];
  await pairAll(laptop, desktop, pi);
  const laptopTree = world.directory('laptop-docs');
  const desktopTree = world.path('desktop-docs');
  const accepting = [[pi, '--archive'] as const, [desktop, desktopTree] as const];
  const id = await shareFolder(laptop, laptopTree, accepting, 'docs');
  await introduce(id, desktop, pi);
  return { id, laptop, desktop, pi, laptopTree, desktopTree };
}

/** What was written is seen, synced and archived, and all three nodes are linked with each other. */
export async function settle({ laptop, desktop }: SharedFolder): Promise<void> {
  await Promise.all([
    laptop.ask('folder', 'rescan', 'docs'),
    desktop.ask('folder', 'rescan', 'docs'),
  ]);
  await laptop.archived();
  await desktop.archived();
}

/** The tree that is, once all is settled, the same on both devices and in a restore of now. */
export async function sameEverywhere(
  world: TestWorld,
  shared: SharedFolder,
): Promise<Record<string, string>> {
  await settle(shared);
  const here = treeSnapshot(shared.laptopTree);
  expect(treeSnapshot(shared.desktopTree)).toEqual(here);
  const to = world.path('restored');
  await shared.desktop.ask('restore', 'docs', '--to', to);
  expect(treeSnapshot(to)).toEqual(here);
  return here;
}
