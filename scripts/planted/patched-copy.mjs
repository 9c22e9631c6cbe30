/**
 * A copy of the packages under the system's temporary directory, in which one bug at a time is
 * planted. The work tree is only read. Sources are translated file by file, so no build is needed;
 * packages find each other in the copy, and everything else where it is installed.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Neither takes part in a simulated world, and the page is not written in TypeScript alone. */
const leftOut = new Set(['web', 'cli', 'rest-api']);

/** Throws where an edit does not match exactly once: then the list speaks of code that is gone. */
function editedSource(bug, file, source) {
  let edited = source;
  for (const { find, replace } of bug.edits.filter((edit) => edit.file === file)) {
    const count = edited.split(find).length - 1;
    if (count !== 1) {
      throw new Error(`"${bug.name}": found ${count} times, not once, in ${file}:\n${find}`);
    }
    edited = edited.replace(find, () => replace);
  }
  return edited;
}

const filesOf = (bug) => [...new Set(bug.edits.map((edit) => edit.file))];

/** Checks every bug against the sources as they are; throws at the first that does not fit. */
export function checkBugs(bugs) {
  for (const bug of bugs) {
    for (const file of filesOf(bug)) {
      editedSource(bug, file, readFileSync(join(root, 'packages', file), 'utf8'));
    }
  }
}

export class PatchedCopy {
  /** The sources as they were when the copy was made: others may change the work tree meanwhile. */
  #sources = new Map();
  #planted;

  static async make() {
    const copy = new PatchedCopy(mkdtempSync(join(tmpdir(), 'holdfast-planted-')));
    await copy.#copyAll();
    return copy;
  }

  constructor(directory) {
    this.directory = directory;
  }

  /** The program that runs simulated worlds. */
  get simulateCommand() {
    return this.#compiled('simulation/src/simulate-command.ts');
  }

  async plant(bug) {
    if (this.#planted !== undefined) throw new Error('one bug at a time');
    this.#planted = bug;
    for (const file of filesOf(bug)) {
      await this.#write(file, editedSource(bug, file, this.#sources.get(file) ?? ''));
    }
  }

  async mend() {
    for (const file of this.#planted === undefined ? [] : filesOf(this.#planted)) {
      await this.#write(file, this.#sources.get(file));
    }
    this.#planted = undefined;
  }

  remove() {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #copyAll() {
    this.#linkModules();
    for (const name of readdirSync(join(root, 'packages'))) {
      const from = join(root, 'packages', name);
      if (leftOut.has(name) || !existsSync(join(from, 'package.json'))) continue;
      const to = join(this.directory, 'packages', name);
      mkdirSync(to, { recursive: true });
      for (const part of ['package.json', 'src', 'test']) {
        if (existsSync(join(from, part)))
          cpSync(join(from, part), join(to, part), { recursive: true });
      }
      symlinkSync(to, join(this.directory, 'node_modules/@holdfast', name));
      const sources = readdirSync(join(to, 'src'), { recursive: true });
      for (const file of sources.filter((one) => one.endsWith('.ts'))) {
        const path = join(name, 'src', file);
        const source = readFileSync(join(this.directory, 'packages', path), 'utf8');
        this.#sources.set(path, source);
        await this.#write(path, source);
      }
    }
    writeFileSync(join(this.directory, 'vitest.config.mjs'), vitestConfig);
  }

  #linkModules() {
    const modules = join(root, 'node_modules');
    mkdirSync(join(this.directory, 'node_modules/@holdfast'), { recursive: true });
    for (const name of readdirSync(modules)) {
      if (name === '@holdfast' || name === '.cache') continue;
      symlinkSync(join(modules, name), join(this.directory, 'node_modules', name));
    }
  }

  #compiled(file) {
    const compiled = file.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
    return join(this.directory, 'packages', compiled);
  }

  async #write(file, source) {
    const path = join(this.directory, 'packages', file);
    writeFileSync(path, source);
    const { code } = await transformWithOxc(source, path, { sourcemap: false });
    const target = this.#compiled(file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
}

/** As the repository's own, without what needs a build. */
const vitestConfig = `
export default {
  resolve: {
    alias: [
      {
        find: /^@holdfast\\/([a-z0-9-]+)$/,
        replacement: new URL('packages/', import.meta.url).pathname + '$1/src/index.ts',
      },
    ],
  },
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    testTimeout: 300_000,
    bail: 1,
    // Many short runs, one after the other: starting costs more than the tests.
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    experimental: { fsModuleCache: true },
  },
};
`;
