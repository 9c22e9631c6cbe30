/**
 * One more mass change when a world is at rest, with an answer, and nodes that end before and after it.
 * What was there before a rejected one is there again everywhere, what was confirmed, or passed without
 * a question, stays; and before anybody answers, the others have lost no more than what passes unasked.
 */
import type { MassChangeLimits } from '@holdfast/model';
import type { SeededRandom } from '../seams/seeded-random.js';
import { answerFolder, type MassChangeWord } from './mass-change-acts.js';
import { isAsking, settle } from './quiescence.js';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedUser } from './simulated-user.js';
import type { SimulatedWorld } from './simulated-world.js';
import { massAct } from './user-acts.js';
import type { ContentKey, LiveEntry } from './world-content.js';

type Tree = readonly LiveEntry[];

interface Scene {
  readonly world: SimulatedWorld;
  readonly random: SeededRandom;
  /** Whose change it is. */
  readonly author: SimulatedMachine;
  readonly before: Tree;
  readonly after: Tree;
  /** Questions that were answered some time before. */
  readonly old: ReadonlySet<string>;
}

/** A node has noticed by then what its user did. */
const noticedMs = 5_000;
/** The last look at whether anybody asks; what arrives later is told by then. */
const askedMs = 60_000;
const endedForMs = [50, 500, 3_000, 20_000];

export async function judgeMassChange(
  world: SimulatedWorld,
  users: readonly SimulatedUser[],
): Promise<void> {
  const random = world.random.fork('judged mass change');
  const user = random.pick(users);
  const author = user.machine;
  // What was changed lately would belong to it.
  await world.runUntil(world.clock.nowMs + longestWindowMs(world) + 1);
  const old = new Set(questionsIn(world).map(({ id }) => id));
  const before = treeOf(world, author);
  writeBack(world);
  const steps = massAct(user);
  world.perform(author, steps);
  const takesMs = steps.reduce((sum, { afterMs }) => sum + afterMs, 0);
  await world.runUntil(world.clock.nowMs + takesMs + 1);
  writeBack(world);
  const scene = { world, random, author, before, after: treeOf(world, author), old };
  await world.runUntil(world.clock.nowMs + noticedMs);
  await world.runUntilHolds(() => isAsking(world), askedMs);
  for (const label of world.shape.folders) {
    requireQuestion(scene, label);
    requireHeldBack(scene, label);
  }
  await answerAndSettle(scene);
  for (const label of world.shape.folders) requireOutcome(scene, label);
}

/** What users had not synced is on the disk by now, as a kernel sees to in time. */
function writeBack({ machines }: SimulatedWorld): void {
  for (const machine of machines) machine.disk.syncAll();
}

async function answerAndSettle({ world, random }: Scene): Promise<void> {
  const words = new Map<string, readonly MassChangeWord[]>();
  for (const label of world.shape.folders) {
    const word = random.pick(['rejects', 'rejects', 'confirms'] as const);
    words.set(label, random.chance(0.2) ? ['rejects', 'confirms'] : [word]);
  }
  endSome(world, random);
  await world.runUntil(world.clock.nowMs + random.pick([0, 2_000, 30_000]));
  await settle(world, () => {
    const isAnswered = answer(world, random, words);
    if (isAnswered) endSome(world, random);
    return isAnswered;
  });
}

/** Nodes end and come back, in some worlds: what they know of questions and answers is durable. */
function endSome(world: SimulatedWorld, random: SeededRandom): void {
  for (const machine of world.machines) {
    if (!random.chance(0.2)) continue;
    const kind = random.pick(['process', 'power'] as const);
    if (random.chance(0.5)) machine.crash(kind);
    else machine.crashAfterCalls(random.integer(1, 60), kind);
    const backMs = random.pick(endedForMs);
    world.clock.schedule(backMs, () => {
      machine.disarm();
      machine.start();
    });
  }
}

/** Each word is said on one of the devices that know of a question. */
function answer(
  world: SimulatedWorld,
  random: SeededRandom,
  words: ReadonlyMap<string, readonly MassChangeWord[]>,
): boolean {
  let isAnswered = false;
  for (const [label, said] of words) {
    const asking = world.machines.filter(
      (machine) => folderOf(machine, label)?.massChanges.open().length,
    );
    if (asking.length === 0) continue;
    for (const word of said) answerFolder(world, random.pick(asking), label, word);
    isAnswered = true;
  }
  return isAnswered;
}

function longestWindowMs({ machines }: SimulatedWorld): number {
  const folders = machines.flatMap((machine) => machine.folders);
  return Math.max(0, ...folders.map(({ config }) => config.massChange?.windowMs ?? 0));
}

/** The author's own guard asks, where it should. */
function requireQuestion({ world, author, before, after, old }: Scene, label: string): void {
  const limits = folderOf(author, label)?.config.massChange;
  if (limits === undefined) return;
  const lost = withoutTwins(before, lostPaths(before, after, label), label).length;
  if (lost <= passesUnasked(limits, before, label)) return;
  if (questionsIn(world, label).some(({ id }) => !old.has(id))) return;
  const message = `${author.name} ${label}: ${lost} files went`;
  throw new SeedFailure('not-asked', `${message}, and nobody is asked`);
}

/** While the author's guard asks, what waits is nowhere else. */
function requireHeldBack({ world, author, before, after, old }: Scene, label: string): void {
  const folder = folderOf(author, label);
  const limits = folder?.config.massChange;
  if (folder === undefined || limits === undefined) return;
  const { massChanges } = folder;
  const asks = massChanges.open().some((one) => !old.has(one.id) && one.holder === author.device);
  if (!asks) return;
  const passing = passesUnasked(limits, before, label);
  const meant = new Set(withoutTwins(before, lostPaths(before, after, label), label));
  for (const machine of world.trees) {
    if (machine === author) continue;
    const lost = lostPaths(before, treeOf(world, machine), label);
    const placed = lost.filter((path) => meant.has(path)).length;
    if (placed <= passing) continue;
    const message = `${machine.name} has lost ${placed} files of ${label}`;
    throw new SeedFailure('not-asked', `${message} where ${passing} pass unasked`);
  }
}

/** The author's tree; that all others are the same is for who compares all. */
function requireOutcome({ world, author, before, after, old }: Scene, label: string): void {
  const questions = questionsIn(world, label).filter(({ id }) => !old.has(id));
  const isRejected = questions.some(({ answer }) => answer === 'rejected');
  const wanted = contentsIn(isRejected ? before : after, label);
  const now = contentsIn(treeOf(world, author), label);
  for (const path of new Set([...wanted.keys(), ...now.keys()])) {
    if (wanted.get(path) === now.get(path)) continue;
    const answers = questions.map(({ answer }) => answer).join(', ') || 'no question';
    const [should, shown] = [wanted.get(path), now.get(path)].map((key) => key?.slice(0, 8));
    const message = `${answers}: ${author.name} ${path} has ${shown}, not ${should}`;
    throw new SeedFailure('answer-not-kept', message);
  }
}

/** So many files may go before anybody is asked. */
function passesUnasked(limits: MassChangeLimits, before: Tree, label: string): number {
  const files = before.filter(({ path, kind }) => isIn(label, path) && kind === 'file').length;
  return Math.max(limits.files, Math.floor((files * limits.sharePercent) / 100));
}

/** What has content in the one tree, and not the same in the other. */
function lostPaths(before: Tree, after: Tree, label: string): string[] {
  const now = contentsIn(after, label);
  return [...contentsIn(before, label)]
    .filter(([path, content]) => now.get(path) !== content)
    .map(([path]) => path);
}

/** Content that lies in two places may only have moved. */
function withoutTwins(before: Tree, paths: readonly string[], label: string): string[] {
  const contents = contentsIn(before, label);
  const counts = new Map<ContentKey, number>();
  for (const content of contents.values()) counts.set(content, (counts.get(content) ?? 0) + 1);
  return paths.filter((path) => counts.get(contents.get(path) ?? '') === 1);
}

function contentsIn(tree: Tree, label: string): ReadonlyMap<string, ContentKey> {
  return new Map(
    tree.flatMap(({ path, content }) =>
      content !== undefined && isIn(label, path) ? [[path, content] as const] : [],
    ),
  );
}

function isIn(label: string, path: string): boolean {
  return path.startsWith(`${label}/`);
}

function treeOf({ readers }: SimulatedWorld, machine: SimulatedMachine): Tree {
  return readers.get(machine)?.live() ?? [];
}

function folderOf(machine: SimulatedMachine, label: string) {
  return machine.folders.find(({ config }) => config.label === label);
}

/** All that any device knows of, in one folder or in all. */
function questionsIn({ machines }: SimulatedWorld, label?: string) {
  return machines
    .flatMap(({ folders }) => folders)
    .filter(({ config }) => label === undefined || config.label === label)
    .flatMap(({ massChanges }) => massChanges.all());
}
