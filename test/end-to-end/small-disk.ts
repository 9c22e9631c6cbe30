/**
 * A disk of a few megabytes: a tmpfs in a mount namespace of its own, which a waiting process keeps
 * alive. Needs no privileges where the system lets users make namespaces. Processes that are to see
 * the disk are started with `prefix` before their command; others reach it through `outside`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const fillingName = 'filling';

export class SmallDisk {
  /** What goes before a command that is to see the disk. */
  readonly prefix: readonly string[];
  readonly #keeper: ChildProcess;
  readonly #path: string;

  private constructor(keeper: ChildProcess, path: string, flags: readonly string[]) {
    this.#keeper = keeper;
    this.#path = path;
    const preserve = flags.includes('--user') ? ['--preserve-credentials'] : [];
    this.prefix = ['nsenter', `--target=${keeper.pid}`, ...namespaces(flags), ...preserve];
  }

  /** Mounts an empty disk on the directory `path`, for those who come with `prefix`. */
  static async mount(path: string, megabytes: number): Promise<SmallDisk> {
    const isRoot = process.getuid?.() === 0;
    const flags = isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
    const script = `mount -t tmpfs -o size=${megabytes}m none "$1" && echo mounted && exec cat`;
    const keeper = spawn('unshare', [...flags, 'sh', '-c', script, 'sh', path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(keeper, 'exit').then(() => {
      throw new Error(`No disk could be mounted on ${path}.`);
    });
    await Promise.race([once(keeper.stdout, 'data'), ended]);
    ended.catch(() => undefined);
    return new SmallDisk(keeper, path, flags);
  }

  /** Where processes outside find the entry `names` of the disk. */
  outside(...names: readonly string[]): string {
    return join(`/proc/${this.#keeper.pid}/root`, this.#path, ...names);
  }

  /** Takes all space that is left. */
  fill(): void {
    const filled = spawnSync('dd', ['if=/dev/zero', `of=${this.outside(fillingName)}`, 'bs=4096']);
    if (filled.status === 0) throw new Error('The disk has no end.');
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(this.outside(fillingName), { force: true });
  }

  async close(): Promise<void> {
    if (this.#keeper.exitCode !== null) return;
    const gone = once(this.#keeper, 'exit');
    this.#keeper.stdin?.end();
    await gone;
  }
}

function namespaces(flags: readonly string[]): readonly string[] {
  return flags.filter((flag) => flag === '--mount' || flag === '--user');
}
