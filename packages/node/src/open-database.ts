/**
 * The home's database: opened, or, where it is damaged, moved aside and begun anew. It holds only
 * what can be made again from the disk, the archive's segments and the other devices.
 *
 * Invariant: nothing of a damaged database is repaired or deleted.
 */
import {
  AppError,
  bytesOf,
  type Clock,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  joinPath,
  type KeyValueStore,
  statIfPresent,
  textOf,
  writeFileDurably,
} from '@holdfast/platform';

export interface DatabaseInit {
  readonly fileSystem: FileSystem;
  readonly home: FilePath;
  readonly clock: Clock;
  /** Throws `store_locked`, and `store_damaged` where what lies there is no whole database. */
  readonly open: (path: string) => Promise<KeyValueStore>;
}

/** What a node does with its database: resolves with what it gives, and with what people should know. */
export interface UsedDatabase<Result> {
  readonly result: Result;
  readonly warnings: readonly string[];
}

/**
 * Opens the database and gives it to `use`; where either says `store_damaged`, once more with a new
 * one. By then `use` has closed what it was given. Throws `home_locked`.
 */
export async function withDatabase<Result>(
  init: DatabaseInit,
  use: (store: KeyValueStore) => Promise<Result>,
): Promise<UsedDatabase<Result>> {
  try {
    return { result: await use(await openDatabase(init)), warnings: [] };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store_damaged') throw error;
    const aside = moveAside(init);
    const result = await use(await openDatabase(init));
    return { result, warnings: [movedAside(aside)] };
  }
}

/** The database's own lock decides who runs a home; the lock file tells people. */
async function openDatabase({ fileSystem, home, open }: DatabaseInit): Promise<KeyValueStore> {
  const index = joinPath(home, 'index');
  ensureDirectory(fileSystem, index, 0o700);
  try {
    const store = await open(textOf(index));
    writeFileDurably(fileSystem, joinPath(home, 'lock'), bytesOf(`${process.pid}\n`));
    return store;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store_locked') throw error;
    throw new AppError('home_locked', `Another running node holds ${textOf(home)}.`, {
      hint: 'Nothing was changed. Stop it with: holdfast stop, or choose another home with --home DIR.',
      cause: error,
    });
  }
}

/** Gives where it lies now. */
function moveAside({ fileSystem, home, clock }: DatabaseInit): FilePath {
  const time = new Date(clock.now()).toISOString().slice(0, 19).replace(/[-:]/g, '');
  const name = `index-damaged-${time.replace('T', '-')}`;
  let aside = joinPath(home, name);
  for (let more = 2; statIfPresent(fileSystem, aside) !== undefined; more += 1) {
    aside = joinPath(home, `${name}-${more}`);
  }
  fileSystem.rename(joinPath(home, 'index'), aside);
  fileSystem.syncDirectory(home);
  return aside;
}

function movedAside(aside: FilePath): string {
  return (
    'The database of this node was damaged, perhaps by its disk. A new one is made from the files ' +
    `here and from the other devices; nothing was deleted. The damaged one lies in ${textOf(aside)}.`
  );
}
