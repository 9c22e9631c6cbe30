/**
 * The seam to running a node in this process. Loaded only by `init`, `up` and `doctor`, and where a
 * store is opened by itself: the other verbs talk to a running node and should not pay for loading one.
 */
import { fileURLToPath } from 'node:url';
import type {
  initHome,
  inspectFileSystemType,
  inspectHome,
  openStoreHistory,
  runNode,
} from '@holdfast/node';

export interface NodeRunner {
  readonly initHome: typeof initHome;
  readonly runNode: typeof runNode;
  readonly openStoreHistory: typeof openStoreHistory;
  readonly inspectHome: typeof inspectHome;
  readonly inspectFileSystemType: typeof inspectFileSystemType;
}

/** The built page, beside this package. */
export const pageDirectory = fileURLToPath(new URL('../../web/dist', import.meta.url));

export async function loadNodeRunner(): Promise<NodeRunner> {
  return import('@holdfast/node');
}
