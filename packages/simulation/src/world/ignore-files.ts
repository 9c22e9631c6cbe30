/**
 * Users who say what their device is to pass over, and change their mind: ignore files of all kinds
 * come, change, break and go. At the end of a world there is none, and then all has to be the same.
 */
import { ignoreFileName } from '@holdfast/model';
import {
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  parentPath,
} from '@holdfast/platform';
import type { SeededRandom } from '../seams/seeded-random.js';
import type { SimulatedUser, UserStep } from './simulated-user.js';
import type { SimulatedWorld } from './simulated-world.js';
import { rootOf } from './world-content.js';

const patternSets = [
  '*.txt',
  '/docs',
  '/docs/deep\n*.md',
  '!b.txt\n*',
  '!/docs/deep/er\n!/steady\n/docs\n/photos',
  '(?d)*.md\n(?d)c',
  '(?i)A.TXT\n(?d)/photos',
  '*.gz\n!/photos/*\n/photos',
  '{docs,photos}/**',
  '',
  'fine\n[not closed',
] as const;

/** Plans some changes of patterns within a time. */
export function planIgnoreFiles(
  world: SimulatedWorld,
  users: readonly SimulatedUser[],
  durationMs: number,
): void {
  const random = world.random.fork('ignore files');
  const count = random.pick([2, 5, 12]);
  for (let number = 0; number < count; number += 1) {
    const user = random.pick(users);
    const path = joinPath(rootOf(random.pick(world.shape.folders)), ignoreFileName);
    const text = `${random.pick(patternSets)}\n// ${number} of ${random.seed}\n`;
    const steps = random.chance(0.25) ? [removal(path)] : writing(path, text, random);
    const atMs = random.fraction() * durationMs;
    world.clock.schedule(atMs, () => world.perform(user.machine, steps));
  }
}

/**
 * Nothing is ignored anywhere any more. A directory in the ignore file's place stops its folder until a
 * person puts it elsewhere, so somebody does.
 */
export function removeIgnoreFiles(world: SimulatedWorld): void {
  for (const machine of world.trees) {
    for (const label of world.shape.folders) {
      const root = rootOf(label);
      const path = joinPath(root, ignoreFileName);
      const elsewhere = joinPath(root, `no patterns of ${machine.name}`);
      world.perform(machine, [clearing(path, elsewhere)]);
    }
  }
}

function clearing(path: FilePath, elsewhere: FilePath): UserStep {
  const act = (fileSystem: FileSystem) => {
    if (isDirectory(fileSystem, path)) fileSystem.rename(path, elsewhere);
    else removeIfThere(fileSystem, path);
  };
  return { what: 'clears the place of an ignore file', act, afterMs: 0, synced: true };
}

function isDirectory(fileSystem: FileSystem, path: FilePath): boolean {
  try {
    return fileSystem.stat(path).kind === 'directory';
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function removal(path: FilePath): UserStep {
  const act = (fileSystem: FileSystem) => removeIfThere(fileSystem, path);
  return { what: 'removes an ignore file', act, afterMs: 0, synced: true };
}

function writing(path: FilePath, text: string, random: SeededRandom): UserStep[] {
  const bytes = Buffer.from(text, 'utf8');
  const pauseMs = random.pick([0, 5, 600, 5_000]);
  const write: UserStep = {
    what: `writes patterns ${JSON.stringify(text)}`,
    act: (fileSystem) => writeAnew(fileSystem, path, bytes),
    afterMs: pauseMs,
    synced: true,
  };
  return random.chance(0.3) ? [removal(path), write] : [write];
}

function writeAnew(fileSystem: FileSystem, path: FilePath, bytes: Uint8Array): void {
  removeIfThere(fileSystem, path);
  const handle = fileSystem.open(path, 'create', 0o644);
  try {
    fileSystem.write(handle, bytes, 0);
    fileSystem.syncFile(handle);
  } finally {
    fileSystem.close(handle);
  }
  // Only then is it true that its user had it synced.
  fileSystem.syncDirectory(parentPath(path));
}

function removeIfThere(fileSystem: FileSystem, path: FilePath): void {
  try {
    fileSystem.unlink(path);
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error;
  }
}
