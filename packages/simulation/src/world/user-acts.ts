/**
 * What people do in a folder: write, edit as editors do, move, delete. Each act is a list of steps
 * with time between them; what a step does not find any more, it leaves.
 */
import {
  type FilePath,
  type FileSystem,
  fileErrorCode,
  filePathFrom,
  joinPath,
  parentPath,
} from '@holdfast/platform';
import type { MemoryFileSystem } from '../seams/memory-file-system.js';
import type { SimulatedUser, UserStep } from './simulated-user.js';

type Act = (user: SimulatedUser) => UserStep[];

/** No folder's: what lies there is nobody's business. */
export const outsideDirectory = '/outside';

/** Files that users only ever replace whole: a reader always finds them. */
export const steadyPaths = ['data/steady/one.txt', 'data/steady/two.txt'] as const;

function full(path: string): FilePath {
  return joinPath(filePathFrom('/'), path);
}

function makeParents(fileSystem: FileSystem, path: FilePath): void {
  const parent = parentPath(path);
  if (parentPath(parent) === '/') return;
  makeParents(fileSystem, parent);
  try {
    fileSystem.makeDirectory(parent, 0o755);
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') throw error;
  }
}

function writeNew(
  fileSystem: FileSystem,
  path: FilePath,
  bytes: Uint8Array,
  options: { readonly synced: boolean; readonly permissions: number },
): void {
  const handle = fileSystem.open(path, 'create', options.permissions);
  try {
    fileSystem.write(handle, bytes, 0);
    if (options.synced) fileSystem.syncFile(handle);
  } finally {
    fileSystem.close(handle);
  }
  if (!options.synced) return;
  for (let above = parentPath(path); above !== '/'; above = parentPath(above)) {
    fileSystem.syncDirectory(above);
  }
}

function writeAt(fileSystem: FileSystem, path: FilePath, bytes: Uint8Array, position: number) {
  const handle = fileSystem.open(path, 'write');
  try {
    const at = position < 0 ? fileSystem.handleStat(handle).sizeBytes : position;
    fileSystem.write(handle, bytes, at);
  } finally {
    fileSystem.close(handle);
  }
}

function step(what: string, act: UserStep['act'], afterMs = 0, synced = false): UserStep {
  return { what, act, afterMs, synced };
}

/** One new file, with the directories above it. */
export function writeStep(user: SimulatedUser, path: string, afterMs = 0): UserStep {
  // Who counts on finding a file whole whatever happens syncs it before it takes its name.
  const synced = path.startsWith('data/steady/') || user.random.chance(0.5);
  const permissions = user.random.pick([0o644, 0o600, 0o755]);
  const bytes = user.content();
  const act = (fileSystem: FileSystem) => {
    makeParents(fileSystem, full(path));
    writeNew(fileSystem, full(path), bytes, { synced, permissions });
  };
  return step(`writes ${path} (${bytes.length})`, act, afterMs, synced);
}

/** As editors do: a new file beside it, renamed over it once it was written. */
function saveSteps(
  user: SimulatedUser,
  path: string,
  afterMs = user.random.pick([0, 0, 5, 40, 600]),
): UserStep[] {
  const temporary = `${path}.${user.random.pick(['swp', 'tmp', 'new'])}`;
  const write = writeStep(user, temporary);
  let isWritten = false;
  const writeOnce = (fileSystem: MemoryFileSystem) => {
    write.act(fileSystem);
    isWritten = true;
  };
  const replace = (fileSystem: FileSystem) => {
    if (isWritten) fileSystem.rename(full(temporary), full(path));
  };
  return [{ ...write, act: writeOnce }, step(`saves ${path}`, replace, afterMs)];
}

function onFile(user: SimulatedUser, make: (path: string) => UserStep[]): UserStep[] {
  const path = user.someFile();
  return path === undefined ? [writeStep(user, user.somePath())] : make(path);
}

function overwriteInPlace(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => overwritePath(user, path));
}

function overwritePath(user: SimulatedUser, path: string): UserStep[] {
  const bytes = user.content();
  const keepTime = user.random.chance(0.2);
  return [
    step(`overwrites ${path} (${bytes.length})`, (fileSystem) => {
      const before = fileSystem.stat(full(path));
      writeAt(fileSystem, full(path), bytes, 0);
      if (keepTime) fileSystem.setModificationTime(full(path), before.mtimeNs);
    }),
  ];
}

function append(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => {
    const bytes = user.content();
    return [step(`appends to ${path}`, (fileSystem) => writeAt(fileSystem, full(path), bytes, -1))];
  });
}

/** Empties it first, then fills it: for a moment it is not there. */
function rewrite(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => rewritePath(user, path));
}

function rewritePath(user: SimulatedUser, path: string): UserStep[] {
  return [...removePath(user, path), writeStep(user, path, user.random.pick([0, 3, 30, 300]))];
}

function removePath(_user: SimulatedUser, path: string): UserStep[] {
  return [step(`deletes ${path}`, (fileSystem) => fileSystem.unlink(full(path)))];
}

/** As other editors do: cut it to nothing, then write. */
function truncateAndWrite(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => {
    const bytes = user.content();
    const cut = step(`cuts ${path}`, (fileSystem) => fileSystem.truncate(full(path), 0));
    const between = user.random.pick([0, 0, 2, 50]);
    const fill = (fileSystem: FileSystem) => writeAt(fileSystem, full(path), bytes, 0);
    return [cut, step(`fills ${path} (${bytes.length})`, fill, between)];
  });
}

/** As vi may do: the old file steps aside under another name until the new one is written. */
function saveWithBackup(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => {
    const backup = `${path}~`;
    const aside = step(`backs up ${path}`, (fileSystem) =>
      fileSystem.rename(full(path), full(backup)),
    );
    const drop = step(`drops ${backup}`, (fileSystem) => fileSystem.unlink(full(backup)), 3);
    return [aside, writeStep(user, path, user.random.pick([0, 4, 90])), drop];
  });
}

/** A directory moves away, and a symlink takes its name. */
function replaceBySymlink(user: SimulatedUser): UserStep[] {
  const directory = user.someDirectory();
  if (directory === undefined) return makeSymlink(user);
  const away = user.inFolder(user.random.pick(['away', 'photos/away']));
  const target = user.random.pick(symlinkTargets);
  return [
    step(`puts a symlink to ${target} for ${directory}/`, (fileSystem) => {
      makeParents(fileSystem, full(away));
      fileSystem.rename(full(directory), full(away));
      fileSystem.makeSymlink(target, full(directory));
    }),
  ];
}

/** Keeps the file open, and writes into whatever it has become meanwhile. */
function writeLate(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => {
    const bytes = user.content();
    let handle: ReturnType<FileSystem['open']> | undefined;
    return [
      step(`opens ${path}`, (fileSystem) => {
        handle = fileSystem.open(full(path), 'write');
      }),
      step(
        `writes late into ${path}`,
        (fileSystem) => {
          if (handle === undefined) return;
          fileSystem.write(handle, bytes, 0);
          fileSystem.close(handle);
        },
        user.random.pick([5, 200, 2_000, 8_000]),
      ),
    ];
  });
}

function move(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => {
    const to = user.somePath();
    return [
      step(`moves ${path} to ${to}`, (fileSystem) => {
        makeParents(fileSystem, full(to));
        fileSystem.rename(full(path), full(to));
      }),
    ];
  });
}

export function renameStep(from: string, to: string): UserStep {
  return step(`renames ${from} to ${to}`, (fileSystem) => fileSystem.rename(full(from), full(to)));
}

function moveDirectory(user: SimulatedUser): UserStep[] {
  const from = user.someDirectory();
  if (from === undefined) return [writeStep(user, user.somePath())];
  const to = user.inFolder(user.random.pick(['moved', 'photos/old', 'docs2', 'archive/2024']));
  return [
    step(`moves ${from}/ to ${to}/`, (fileSystem) => {
      makeParents(fileSystem, full(to));
      fileSystem.rename(full(from), full(to));
    }),
  ];
}

function remove(user: SimulatedUser): UserStep[] {
  return onFile(user, (path) => removePath(user, path));
}

function removeTree(user: SimulatedUser): UserStep[] {
  const directory = user.someDirectory();
  if (directory === undefined) return [];
  return [step(`deletes ${directory}/`, (fileSystem) => removeAll(user, directory, fileSystem))];
}

function removeAll(user: SimulatedUser, directory: string, fileSystem: FileSystem): void {
  for (const path of user.tree(directory)) {
    if (fileSystem.stat(full(path)).kind === 'directory') fileSystem.removeDirectory(full(path));
    else fileSystem.unlink(full(path));
  }
}

function changePermissions(user: SimulatedUser): UserStep[] {
  const path = user.random.chance(0.7) ? user.someFile() : user.someDirectory();
  if (path === undefined) return [];
  const mode = user.random.pick([0o644, 0o600, 0o755, 0o700]);
  return [
    step(`chmod ${mode.toString(8)} ${path}`, (fileSystem) =>
      fileSystem.setPermissions(full(path), mode),
    ),
  ];
}

function makeDirectory(user: SimulatedUser): UserStep[] {
  const path = user.inFolder(
    user.random.pick(['empty', 'docs/sub', 'photos/2024', 'c', 'docs/a.txt']),
  );
  const act = (fileSystem: FileSystem) => {
    makeParents(fileSystem, full(path));
    fileSystem.makeDirectory(full(path), 0o755);
  };
  return [step(`makes ${path}/`, act)];
}

/** A directory where a file was, or a file where a directory was. */
function changeKind(user: SimulatedUser): UserStep[] {
  const directory = user.random.chance(0.5) ? user.someDirectory() : undefined;
  if (directory !== undefined) {
    const clear = (fileSystem: FileSystem) => removeAll(user, directory, fileSystem);
    return [step(`clears ${directory}/`, clear), writeStep(user, directory, 2)];
  }
  return onFile(user, (path) => [
    step(`clears ${path}`, (fileSystem) => fileSystem.unlink(full(path))),
    writeStep(user, `${path}/inside.txt`, 2),
  ]);
}

const symlinkTargets = [
  ...['a.txt', './photos', 'nowhere', 'link', '.', '../..', '../../outside', '../music'],
  outsideDirectory,
];

function makeSymlink(user: SimulatedUser): UserStep[] {
  const path = user.inFolder(user.random.pick(['link', 'docs/link', 'a.txt']));
  const target = user.random.pick(symlinkTargets);
  return [step(`links ${path}`, (fileSystem) => fileSystem.makeSymlink(target, full(path)))];
}

function writeSome(user: SimulatedUser): UserStep[] {
  return [writeStep(user, user.somePath())];
}

function writeMany(user: SimulatedUser): UserStep[] {
  const count = user.random.integer(2, 8);
  return Array.from({ length: count }, () => writeStep(user, user.somePath(), 1));
}

function save(user: SimulatedUser): UserStep[] {
  return saveSteps(user, user.someFile() ?? user.somePath());
}

function saveSteady(user: SimulatedUser): UserStep[] {
  return saveSteps(user, user.random.pick(steadyPaths));
}

const acts: readonly Act[] = [
  writeSome,
  writeSome,
  writeMany,
  save,
  save,
  saveSteady,
  saveSteady,
  overwriteInPlace,
  overwriteInPlace,
  append,
  rewrite,
  rewrite,
  truncateAndWrite,
  truncateAndWrite,
  saveWithBackup,
  replaceBySymlink,
  writeLate,
  move,
  move,
  moveDirectory,
  remove,
  remove,
  removeTree,
  changePermissions,
  makeDirectory,
  changeKind,
  makeSymlink,
];

/** Everything that the user finds, encrypted or deleted one after the other. */
export function massAct(user: SimulatedUser): UserStep[] {
  const spoil = user.random.pick([overwritePath, rewritePath, removePath]);
  const files = user.allFiles().filter((path) => !path.includes('/steady/'));
  return files.flatMap((path) => spoil(user, path));
}

/** The steps of one random act. */
export function nextAct(user: SimulatedUser): UserStep[] {
  return user.random.pick(acts)(user);
}

/**
 * What a user may do at any moment: nothing that no look could notice in time, such as an edit that
 * puts the old time back, or the deletion of a copy just before its original is replaced.
 */
export function quickAct(user: SimulatedUser, near: string | undefined): UserStep[] {
  if (near !== undefined && user.paths().includes(near) && user.random.chance(0.5)) {
    return saveSteps(user, near, 0);
  }
  return user.random.pick([
    writeSome,
    save,
    saveSteady,
    append,
    move,
    moveDirectory,
    makeDirectory,
  ])(user);
}

/** Several users change the same file at about the same time, each in a way of their own. */
export function sameFileActs(
  users: readonly SimulatedUser[],
): { readonly user: SimulatedUser; readonly steps: UserStep[] }[] {
  const [first] = users;
  if (first === undefined) return [];
  const path = first.someFile() ?? first.somePath();
  return users.map((user) => {
    const act = user.random.pick([saveSteps, rewritePath, removePath, overwritePath]);
    return { user, steps: act(user, path) };
  });
}
