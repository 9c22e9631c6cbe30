/**
 * Bits that rot on a disk that says nothing. The budget: of an archive's history log always the same
 * copy; of its blocks what a tree shows, or another archive has, at that moment; of what is set aside
 * what an archive has. Rotten bytes are never given as good, and whoever asks an archive whether it is
 * what it was is told of all of them.
 */
import { heldDirectory } from '@holdfast/folder-scanner';
import { type FilePath, filePathFrom, joinPath } from '@holdfast/platform';
import type { SeededRandom } from '../seams/seeded-random.js';
import type { HistoryWatch } from './history-watch.js';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';
import { type ContentKey, inodeIfPresent, rootOf } from './world-content.js';

/** In worlds whose seed begins so, bits rot. */
export const rotPrefix = 'rot-';

type Copy = 'log-a' | 'log-b';

const store = filePathFrom('/home/store');
/** A block's content id stands before its bytes; so far behind its begin it is the block for certain. */
const blockBeginBytes = 50;
const rotInGoodCopy = 100;

/** Plans rot within a time. */
export function planRot(world: SimulatedWorld, durationMs: number): void {
  const random = world.random.fork('rot');
  const count = random.pick([2, 5, 12]);
  for (let number = 0; number < count; number += 1) {
    const rot = random.pick([rotLog, rotBlock, rotBlock, rotHeld, rotHeld, rotHeld]);
    world.clock.schedule(random.fraction() * durationMs, () => rot(world, random));
  }
}

/**
 * Every store is verified: what rotted is told, or has been made whole from somewhere; nothing else is
 * told of. Then the other copy of each log rots, as the one that rotted before is whole again.
 */
export async function verifyStores(world: SimulatedWorld): Promise<void> {
  for (const [at, machine] of world.archives.entries()) {
    const history = world.histories[at];
    const asked = machine.node?.control.verify({ samplePercent: 100 });
    if (asked === undefined || history === undefined) {
      throw new SeedFailure('not-live', `${machine.name} cannot be asked`);
    }
    const { problems, badDevices } = await world.complete(asked, 'verifying a store');
    if (badDevices.length > 0) {
      throw new SeedFailure(
        'rot-untold',
        `${machine.name} says that ${badDevices.join()} gave it rot`,
      );
    }
    const other = problems.find(({ type, what }) =>
      // The head of a file of the log is not written again: what it holds is in order all the same.
      type === 'file'
        ? !what.includes(badCopyOf(world, machine))
        : type === 'history' || !history.hasRotten,
    );
    if (other !== undefined) {
      throw new SeedFailure('rot-untold', `${machine.name} says of what is whole: ${other.what}`);
    }
    const told = problems.flatMap(({ version = [] }) => version);
    history.told(told);
    for (const version of told) requireNowhere(world, machine, history.contentOf(version));
  }
  const random = world.random.fork('rot in the good copy');
  for (const machine of world.archives) {
    const copy = badCopyOf(world, machine) === 'log-a' ? 'log-b' : 'log-a';
    for (let number = 0; number < rotInGoodCopy; number += 1) {
      rotLogOf(world, machine, copy, random);
    }
  }
}

/** What a device that the archive knows shows at that very path comes back from there. */
function requireNowhere(
  world: SimulatedWorld,
  archive: SimulatedMachine,
  lost: ReturnType<HistoryWatch['contentOf']>,
): void {
  for (const [machine, reader] of world.readers) {
    const knows = world.shape.edges.some(
      (edge) => edge.includes(archive.name) && edge.includes(machine.name),
    );
    if (!knows || lost === undefined) continue;
    const shown = reader.live().find(({ content }) => content === lost.content);
    if (shown === undefined || shown.path.slice(shown.path.indexOf('/') + 1) !== lost.path)
      continue;
    const message = `${archive.name} does not get ${shown.path} back, which ${machine.name} shows`;
    throw new SeedFailure('not-healed', message);
  }
}

function badCopyOf(world: SimulatedWorld, { name }: SimulatedMachine): Copy {
  return world.random.fork(`rotting copy of ${name}`).pick(['log-a', 'log-b'] as const);
}

function rotLog(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.archives);
  rotLogOf(world, machine, badCopyOf(world, machine), random);
}

function rotLogOf(
  world: SimulatedWorld,
  machine: SimulatedMachine,
  copy: Copy,
  random: SeededRandom,
): void {
  const files = filesIn(machine, joinPath(store, copy));
  if (files.length === 0) return;
  const at = machine.disk.corrupt(random.pick(files), random);
  world.trace.event(machine.name, `a bit of ${copy} rots, at ${at}`);
}

/** All content that has the block has to be elsewhere. */
function rotBlock(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.archives);
  const history = world.histories[world.archives.indexOf(machine)];
  if (history === undefined || history.contents.size === 0) return;
  const block = random.pick(random.pick([...history.contents]).split('+'));
  const hit = [...history.contents].filter((content) => content.split('+').includes(block));
  if (!hit.every((content) => isElsewhere(world, history, content))) return;
  const id = Buffer.from(block, 'hex');
  for (const path of filesIn(machine, joinPath(store, 'blocks')).toReversed()) {
    const inode = inodeIfPresent(machine.mounts, path);
    const from = inode?.kind === 'file' ? Buffer.from(inode.content.bytes()).lastIndexOf(id) : -1;
    if (from < 0) continue;
    machine.disk.corrupt(path, random, { from, to: from + blockBeginBytes });
    world.trace.event(machine.name, `a bit of block ${block.slice(0, 8)} rots`);
    for (const content of hit) {
      history.rotted(content);
      world.ledger.excuseRotten(content);
    }
    return;
  }
}

function isElsewhere(world: SimulatedWorld, here: HistoryWatch, content: ContentKey): boolean {
  const live = [...world.readers.values()].some((reader) =>
    reader.live().some((entry) => entry.content === content),
  );
  return live || world.histories.some((other) => other !== here && other.holds(content));
}

/** A name that the file shares with one that is shown is not taken: that would rot, too. */
function rotHeld(world: SimulatedWorld, random: SeededRandom): void {
  const { folders } = world.shape;
  const found = [...world.readers].flatMap(([machine, reader]) =>
    folders
      .flatMap((label) => filesIn(machine, heldDirectory(rootOf(label))))
      .map((path) => ({ machine, reader, path })),
  );
  if (found.length === 0) return;
  const { machine, reader, path } = random.pick(found);
  const content = reader.contentAt(path);
  const inode = inodeIfPresent(machine.mounts, path);
  if (content === undefined || inode?.linkCount !== 1) return;
  if (!world.histories.some((history) => history.holds(content))) return;
  world.ledger.aroundRot(machine, () => {
    machine.disk.corrupt(path, random);
    reader.forget();
  });
  world.trace.event(machine.name, 'a bit of what is set aside rots');
}

function filesIn(machine: SimulatedMachine, directory: FilePath): FilePath[] {
  const inode = inodeIfPresent(machine.mounts, directory);
  if (inode?.kind !== 'directory') return [];
  return [...inode.entries.values()]
    .filter((entry) => entry.inode.kind === 'file')
    .map(({ name }) => joinPath(directory, name))
    .sort();
}
