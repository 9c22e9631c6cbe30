/** A node as a process: real seams, a home on disk, the page served. The CLI runs it. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { createLibp2pNetwork, sign, verifySignature } from '@holdfast/network-libp2p';
import {
  AppError,
  bytesOf,
  type Clock,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  type FileWatchers,
  fileErrorCode,
  filePathFrom,
  joinPath,
  type KeyValueStore,
  type Logger,
  type Network,
  type RandomSource,
  removeIfPresent,
  textOf,
  wordsForCode,
  writeFileDurably,
} from '@holdfast/platform';
import {
  createBlake3,
  createLogger,
  createZstd,
  cryptoRandom,
  fileSystemTypeOf,
  keepHeapSmall,
  NodeFileSystem,
  openFileWatchers,
  openLevelStore,
  systemClock,
  WorkerPool,
} from '@holdfast/platform-node';
import { type AssembledNode, assembleNode } from './assemble-node.js';
import type { NodeControl } from './node-control.js';
import {
  createHome,
  type HomeIdentity,
  isHome,
  openHome,
  readToken,
  unusable,
} from './node-home.js';
import { withDatabase } from './open-database.js';

export interface ServedPage {
  start(): Promise<{ readonly host: string; readonly port: number }>;
  stop(): Promise<void>;
}

export interface ServeContext {
  readonly token: string;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gui: { readonly host: string; readonly port: number };
  readonly pageDirectory: string;
}

export interface RunNodeOptions {
  readonly home: string;
  readonly name?: string | undefined;
  /** Multiaddrs. */
  readonly listen: readonly string[];
  /** Asked for by a person: a taken address is an error, not a reason to take another. */
  readonly listenAsked: boolean;
  /** False: no mDNS in this run, whatever the configuration says. */
  readonly mdns: boolean;
  readonly gui: { readonly host: string; readonly port: number; readonly asked: boolean };
  readonly pageDirectory: string;
  /** Makes the server, unstarted; again with port 0 where the default one is taken. */
  readonly serve: (control: NodeControl, context: ServeContext) => ServedPage;
}

export interface RunningNode {
  readonly device: string;
  readonly name: string;
  readonly gui: string;
  readonly addresses: readonly string[];
  readonly home: string;
  /** Resolves when the node was asked over its API to end. */
  readonly stopped: Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
  readonly warnings: readonly string[];
}

/** Code `already_initialised` where there is a home already; then nothing is changed. */
export async function initHome(options: {
  readonly home: string;
  readonly name?: string | undefined;
}) {
  const home = filePathFrom(options.home);
  const name = options.name ?? defaultName();
  const made = await createHome(new NodeFileSystem(), cryptoRandom, home, name);
  return { device: made.identity.device, name, home: options.home };
}

/** Runs the node of a home, making the home if there is none. Codes: `home_locked`, `home_unusable`, `address_in_use`. */
export async function runNode(options: RunNodeOptions): Promise<RunningNode> {
  keepHeapSmall();
  const fileSystem = new NodeFileSystem();
  const home = filePathFrom(options.home);
  const opened = isHome(fileSystem, home)
    ? await openHome(fileSystem, home)
    : await createHome(fileSystem, cryptoRandom, home, options.name ?? defaultName());
  try {
    const watchers = await openFileWatchers();
    const database = { fileSystem, home, clock: systemClock, open: openLevelStore };
    const { result: process, warnings } = await withDatabase(database, async (store) => {
      const node = new NodeProcess(fileSystem, home, opened, store, options, watchers);
      await startOrStop(node);
      return node;
    });
    process.warn(warnings);
    return process;
  } catch (error) {
    // What the system says of a file is said of the home: its own files come first here.
    throw wordsForCode(fileErrorCode(error) ?? '') === undefined ? error : unusable(home, error);
  }
}

async function startOrStop(process: NodeProcess): Promise<void> {
  try {
    await process.start();
  } catch (error) {
    await process.stop();
    throw error;
  }
}

class NodeProcess implements RunningNode {
  readonly device: string;
  readonly warnings: string[] = [];
  readonly stopped: Promise<void>;
  readonly home: string;
  readonly #fileSystem: FileSystem;
  readonly #homePath: FilePath;
  readonly #options: RunNodeOptions;
  readonly #logger: ReturnType<typeof createLogger>;
  readonly #network: Network;
  readonly #node: AssembledNode;
  #page: ServedPage | undefined;
  #gui = '';
  #stopping: Promise<void> | undefined;

  constructor(
    fileSystem: FileSystem,
    home: FilePath,
    opened: HomeIdentity,
    keyValueStore: KeyValueStore,
    options: RunNodeOptions,
    watchers: FileWatchers,
  ) {
    this.device = opened.identity.device;
    this.home = options.home;
    this.#fileSystem = fileSystem;
    this.#homePath = home;
    this.#options = options;
    ensureDirectory(fileSystem, joinPath(home, 'logs'), 0o700);
    const destination = textOf(joinPath(home, 'logs/holdfast.log'));
    this.#logger = createLogger({ destination, level: 'info' });
    if (watchers.nativeProblem !== '') {
      this.warnings.push(
        `${watchers.nativeProblem} Folders are looked at every few seconds instead.`,
      );
      this.#logger.warn('no native watcher', { reason: watchers.nativeProblem });
    }
    const hasher = createBlake3();
    this.#logger.info('computing', {
      runtime: process.version,
      blake3: hasher.implementation,
      zstd: createZstd().implementation,
    });
    this.#network = listeningNetwork(opened, options, this.#logger, this.warnings);
    this.#node = assembleNode(
      {
        home,
        fileSystem,
        keyValueStore,
        runner: new WorkerPool({ workerUrl: new URL('./bulk-worker.js', import.meta.url) }),
        watchers,
        fileSystemTypeOf,
        network: this.#network,
        clock: systemClock,
        random: cryptoRandom,
        hasher,
        logger: this.#logger,
        signer: {
          sign: (bytes) => sign(opened.identity, bytes),
          verify: verifySignature,
        },
        realPath: (path) => realpathSync(path),
        bootId: readBootId(),
        clockSynchronised,
      },
      { gui: () => this.#gui, defaultName: opened.name },
    );
    this.stopped = this.#node.shutdownRequested;
  }

  get name(): string {
    return this.#node.config.current.name;
  }

  get gui(): string {
    return this.#gui;
  }

  get addresses(): readonly string[] {
    return this.#network.addresses();
  }

  /** What happened before the node was there, for people. */
  warn(warnings: readonly string[]): void {
    this.warnings.push(...warnings);
    for (const warning of warnings) this.#logger.warn(warning);
  }

  async start(): Promise<void> {
    await this.#node.start();
    await this.#servePage();
    const api = JSON.stringify({ pid: process.pid, address: this.#gui });
    writeFileDurably(this.#fileSystem, joinPath(this.#homePath, 'api.json'), bytesOf(api));
    this.#logger.info('ready', { device: this.device, gui: this.#gui });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    removeIfPresent(this.#fileSystem, joinPath(this.#homePath, 'api.json'));
    await this.#page?.stop();
    await this.#node.stop();
    removeIfPresent(this.#fileSystem, joinPath(this.#homePath, 'lock'));
    await this.#logger.flush();
  }

  async #servePage(): Promise<void> {
    const { host, port, asked } = this.#options.gui;
    try {
      await this.#serveOn(host, port);
    } catch (error) {
      const taken = error instanceof AppError && error.code === 'address_in_use';
      if (!taken || asked || port === 0) throw error;
      this.warnings.push(`Port ${port} is taken: the page has another one this time.`);
      await this.#serveOn(host, 0);
    }
  }

  async #serveOn(host: string, port: number): Promise<void> {
    const page = this.#options.serve(this.#node.control, {
      token: readToken(this.#fileSystem, cryptoRandom, this.#homePath),
      random: cryptoRandom,
      clock: systemClock,
      logger: this.#logger,
      gui: { host, port },
      pageDirectory: this.#options.pageDirectory,
    });
    const at = await page.start();
    this.#page = page;
    const shown = at.host.includes(':') ? `[${at.host}]` : at.host;
    this.#gui = `http://${shown}:${at.port}`;
  }
}

/** A network that takes a free port where the default one is taken and nobody asked for it. */
function listeningNetwork(
  opened: HomeIdentity,
  options: RunNodeOptions,
  logger: Logger,
  warnings: string[],
): Network {
  const discovery = options.mdns && opened.mdns;
  const make = (listen: readonly string[]) =>
    createLibp2pNetwork({
      identity: opened.identity,
      listen,
      logger,
      clock: systemClock,
      random: cryptoRandom,
      discovery,
    });
  let current = make(options.listen);
  return {
    localDevice: current.localDevice,
    async start(handlers, protocols) {
      try {
        await current.start(handlers, protocols);
      } catch (error) {
        const taken = error instanceof AppError && error.code === 'address_in_use';
        if (!taken || options.listenAsked) throw error;
        await current.stop();
        warnings.push('The default port is taken: this node listens on another one this time.');
        current = make(options.listen.map((address) => address.replace(/\/tcp\/\d+/, '/tcp/0')));
        await current.start(handlers, protocols);
      }
    },
    stop: () => current.stop(),
    addresses: () => current.addresses(),
    dial: (device, addresses, dialOptions) => current.dial(device, addresses, dialOptions),
  };
}

function defaultName(): string {
  const host = hostname().split('.')[0] ?? '';
  return host === '' ? 'my-device' : host.slice(0, 64);
}

const bootIdFile = '/proc/sys/kernel/random/boot_id';

/** Linux names each boot; elsewhere each start of the node counts as one. */
function readBootId(): Uint8Array {
  if (!existsSync(bootIdFile)) return cryptoRandom.bytes(16);
  return Buffer.from(readFileSync(bootIdFile, 'utf8').replaceAll('-', '').trim(), 'hex');
}

const timesyncDirectory = '/run/systemd/timesync';
/** No clock that is right shows an earlier time than this software was written in. */
const earliestMs = Date.UTC(2026, 0, 1);

/** Where systemd keeps the clock it says when it is right (systemd-timesyncd.service(8)). */
function clockSynchronised(): boolean {
  if (systemClock.now() < earliestMs) return false;
  return !existsSync(timesyncDirectory) || existsSync(`${timesyncDirectory}/synchronized`);
}
