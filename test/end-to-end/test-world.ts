/**
 * A temporary directory with nodes in it, paired and shared as a test wants it. Everything ends and
 * goes away with `close`, whatever happened before.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcess } from './node-process.js';
import { waitSeconds } from './patience.js';

export class TestWorld {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-end-to-end-')));
  readonly #nodes: NodeProcess[] = [];
  readonly #closers: (() => Promise<void>)[] = [];

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
    const node = new NodeProcess(this.path(`${name}-home`), name);
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
    await Promise.all(
      this.#nodes.map(async (node) => {
        if (node.isRunning) await node.signal('SIGKILL');
      }),
    );
    await Promise.all(this.#closers.map((close) => close()));
    rmSync(this.root, { recursive: true, force: true });
  }
}

export async function pair(one: NodeProcess, other: NodeProcess): Promise<void> {
  const { invite } = await one.ask<{ invite: string }>('device', 'invite');
  await other.ask('device', 'join', invite);
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
  await pair(laptop, desktop);
  await pair(laptop, pi);
  await pair(desktop, pi);
  const laptopTree = world.directory('laptop-docs');
  const desktopTree = world.path('desktop-docs');
  const { id } = await laptop.ask<{ id: string }>('folder', 'add', laptopTree, '--label', 'docs');
  await laptop.ask('folder', 'share', 'docs', 'pi');
  await laptop.ask('folder', 'share', 'docs', 'desktop');
  await Promise.all([
    pi.ask('folder', 'accept', id, '--archive'),
    desktop.ask('folder', 'accept', id, desktopTree),
  ]);
  await desktop.ask('folder', 'share', 'docs', 'pi');
  await pi.ask('folder', 'accept', id);
  return { id, laptop, desktop, pi, laptopTree, desktopTree };
}

/** What was written is seen, synced and archived. */
export async function settle({ laptop, desktop }: SharedFolder): Promise<void> {
  await Promise.all([
    laptop.ask('folder', 'rescan', 'docs'),
    desktop.ask('folder', 'rescan', 'docs'),
  ]);
  await laptop.ask('wait', 'docs', '--archived', '--timeout', waitSeconds);
  await desktop.ask('wait', 'docs', '--archived', '--timeout', waitSeconds);
}
