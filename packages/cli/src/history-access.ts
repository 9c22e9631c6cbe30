/** Who answers a question to history: the running node, or with `--store DIR` a store by itself. */
import type { HistoryControl } from '@holdfast/node';
import { cacheDirectory } from './home-directory.js';
import { absolutePath, type VerbContext } from './verb.js';

export interface StoreChoice {
  readonly store?: string;
}

/** A store is closed again, whatever comes. */
export async function withHistory<Result>(
  context: VerbContext,
  { store }: StoreChoice,
  use: (history: HistoryControl) => Promise<Result>,
): Promise<Result> {
  if (store === undefined) return use(context.node());
  const { openStoreHistory } = await context.loadRunner();
  const { processLives, variables } = context.environment;
  const opened = await openStoreHistory({
    store: absolutePath(context, store),
    cache: cacheDirectory(variables),
    processLives,
  });
  try {
    if (opened.heldBy !== undefined) {
      context.output.warning(
        `A node (process ${opened.heldBy}) runs on this store; what it is just writing may be missing here.`,
      );
    }
    return await use(opened);
  } finally {
    await opened.close();
  }
}
