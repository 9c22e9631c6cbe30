/**
 * A person at one machine: which paths catch the eye, and what is written there. Invariant: every
 * content that a user writes is unlike any other.
 */
import { byteStringFromText } from '@holdfast/platform';
import type { MemoryFileSystem } from '../seams/memory-file-system.js';
import type { SeededRandom } from '../seams/seeded-random.js';
import { foldingDirectories, foldingNames, foldingPrefix } from './folding-names.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { ContentReader } from './world-content.js';

/** One moment of an act. `synced`: the user made it durable. */
export interface UserStep {
  readonly afterMs: number;
  readonly what: string;
  readonly synced: boolean;
  act(fileSystem: MemoryFileSystem): void;
}

const directories = ['', '', 'docs', 'docs/deep', 'docs/deep/er', 'photos', 'Ünïcode'].map(
  byteStringFromText,
);
const names = ['a.txt', 'b.txt', 'c', 'd.tar.gz', 'note.md', '.hidden', 'e.jpg'].map(
  byteStringFromText,
);
/** Each is one name on the disks of these worlds, and unlike every other. */
const hardNames = [
  ...[
    'caf\u00e9',
    'cafe\u0301',
    'A.TXT',
    'new\nline',
    'CON',
    'dot.',
    'space ',
    'a:b',
    'back\\slash',
  ],
  ...['-rf', '..more', '\u202egpj.exe', 'a.sync-conflict-20250101-000000-XXXXXXX.txt'],
]
  .map(byteStringFromText)
  .concat(['x'.repeat(255), `${'y'.repeat(251)}.txt`, '\xff\xfe', 'half\xc3']);
const hardNameChance = 0.1;
const foldableChance = 0.5;

export class SimulatedUser {
  readonly machine: SimulatedMachine;
  readonly random: SeededRandom;
  readonly #reader: ContentReader;
  readonly #labels: readonly string[];
  /** Often takes names that some disks cannot tell apart. */
  readonly #foldable: boolean;
  #written = 0;

  constructor(
    machine: SimulatedMachine,
    reader: ContentReader,
    random: SeededRandom,
    labels: readonly string[],
  ) {
    this.#foldable = random.seed.startsWith(foldingPrefix);
    this.machine = machine;
    this.#labels = labels;
    this.random = random.fork(`user ${machine.name}`);
    this.#reader = reader;
  }

  /** Bytes that nobody wrote before. */
  content(): Uint8Array {
    this.#written += 1;
    const nonce = Buffer.from(`<${this.machine.name} ${this.#written} of ${this.random.seed}>\n`);
    const size = this.random.fraction();
    if (size < 0.8) return nonce;
    const lengthBytes =
      size < 0.95
        ? this.random.integer(1, 20_000)
        : size < 0.992
          ? this.random.integer(60_000, 400_000)
          : this.random.integer(1_000_000, 2_500_000);
    return Buffer.concat([nonce, noise(this.random, lengthBytes)]);
  }

  /** A path as the disk knows it. */
  somePath(): string {
    if (this.#foldable && this.random.chance(foldableChance)) {
      const directory = this.random.pick(foldingDirectories);
      const name = this.random.pick(foldingNames);
      return this.inFolder(directory === '' ? name : `${directory}/${name}`);
    }
    const directory = this.random.pick(directories);
    const name = this.random.pick(this.random.chance(hardNameChance) ? hardNames : names);
    return this.inFolder(directory === '' ? name : `${directory}/${name}`);
  }

  /** The path in one of the folders. */
  inFolder(path: string): string {
    return `${this.random.pick(this.#labels)}/${path}`;
  }

  /** All that is there, parents before what they hold. */
  paths(): string[] {
    return this.#reader.live().map((entry) => entry.path);
  }

  /** A file that is there, or undefined. */
  allFiles(): readonly string[] {
    return this.#paths('file');
  }

  someFile(): string | undefined {
    const files = this.#paths('file');
    return files.length === 0 ? undefined : this.random.pick(files);
  }

  someDirectory(): string | undefined {
    const found = this.#paths('directory');
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  /** Paths below a directory, deepest first, with the directory itself last. */
  tree(directory: string): string[] {
    const inside = this.#reader
      .live()
      .map((entry) => entry.path)
      .filter((path) => path === directory || path.startsWith(`${directory}/`));
    return inside.toReversed();
  }

  #paths(kind: 'file' | 'directory'): string[] {
    return this.#reader
      .live()
      .filter((entry) => entry.kind === kind && !entry.path.startsWith('data/steady'))
      .map((entry) => entry.path);
  }
}

function noise(random: SeededRandom, lengthBytes: number): Uint8Array {
  const pattern = random.bytes(Math.min(lengthBytes, 4096));
  const bytes = new Uint8Array(lengthBytes);
  for (let at = 0; at < lengthBytes; at += pattern.length) {
    bytes.set(pattern.subarray(0, lengthBytes - at), at);
    pattern[at % 61] = (at >> 12) & 0xff;
  }
  return bytes;
}
