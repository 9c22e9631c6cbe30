/** Everything that a node needs from the world. The simulation supplies its own. */
import type {
  BulkRunner,
  Clock,
  FilePath,
  FileSystem,
  FileWatchers,
  Hasher,
  KeyValueStore,
  Logger,
  Network,
  RandomSource,
  Signer,
} from '@holdfast/platform';

export interface NodeSeams {
  /** The node's home; exists. */
  readonly home: FilePath;
  /** For small files on the event loop; bulk work goes through the runner. */
  readonly fileSystem: FileSystem;
  readonly runner: BulkRunner;
  readonly watchers: FileWatchers;
  /** What kind of file system a directory lies on, such as `ext4`; undefined where nothing tells. */
  readonly fileSystemTypeOf: (path: FilePath) => Promise<string | undefined>;
  readonly network: Network;
  /** The node's one database; the node closes it. */
  readonly keyValueStore: KeyValueStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly hasher: Hasher;
  readonly logger: Logger;
  /** Signs as this device. */
  readonly signer: Signer;
  /** Resolves symlinks of an existing native path. */
  readonly realPath: (path: string) => string;
  /** Sixteen bytes that tell this run of the machine from others. */
  readonly bootId: Uint8Array;
  /** Whether the wall clock is known to be right. */
  readonly clockSynchronised: () => boolean;
}
