/** The layering table: which package stands where, and the few exceptions that are wanted. */

/** Imports run from a higher layer to a lower one only. */
export const layers: Readonly<Record<string, number>> = {
  model: 0,
  platform: 0,
  'platform-node': 1,
  'network-libp2p': 1,
  'sync-protocol': 1,
  'block-store': 1,
  'folder-index': 2,
  'folder-scanner': 2,
  'version-archive': 2,
  'sync-engine': 3,
  node: 4,
  'rest-api': 4,
  cli: 5,
  web: 5,
  'platform-compliance': 6,
  simulation: 6,
};

/** The only imports between packages of one layer. */
export const sameLayerImports: readonly string[] = [
  'folder-scanner -> folder-index',
  'rest-api -> node',
];

/** Where technology is chosen: nothing but these files knows an adapter. */
export const adapters: readonly string[] = ['platform-node', 'network-libp2p'];
export const adapterImporters: readonly string[] = [
  'packages/node/src/bulk-worker.ts',
  'packages/node/src/inspect-home.ts',
  'packages/node/src/node-home.ts',
  'packages/node/src/open-store-history.ts',
  'packages/node/src/run-node.ts',
  // Compression only: a function of its input, the same in a simulated world.
  'packages/simulation/src/seams/real-zstd.ts',
];

/** Packages that serve tests only: no `src` imports them. */
export const testOnlyPackages: readonly string[] = ['platform-compliance', 'simulation'];

/** Packages whose imports are bundled at build time, so that development dependencies will do. */
export const bundledPackages: readonly string[] = ['web'];
