/** Paths out of a long iteration, a page at a time: what is done with a page is done meanwhile. */
import type { FolderPath } from '@holdfast/model';
import type { KeyValueStore } from '@holdfast/platform';
import type { IndexKeys } from './index-keys.js';

const pathsPerPage = 500;

/** `pathOf` says which path an item stands for; undefined: none. */
export async function* pathPages<Item>(
  items: AsyncIterable<Item>,
  pathOf: (item: Item) => FolderPath | undefined,
): AsyncIterable<FolderPath[]> {
  let page: FolderPath[] = [];
  for await (const item of items) {
    const path = pathOf(item);
    if (path === undefined) continue;
    page.push(path);
    if (page.length < pathsPerPage) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** The paths with such a key after `after`, in order, at most `limit`. */
export async function pathsWith(
  tag: Parameters<IndexKeys['pathsAfter']>[0],
  store: KeyValueStore,
  keys: IndexKeys,
  { limit, after }: { readonly limit: number; readonly after: FolderPath | undefined },
): Promise<FolderPath[]> {
  const paths: FolderPath[] = [];
  for await (const [key] of store.iterate({ ...keys.pathsAfter(tag, after), limit })) {
    paths.push(keys.pathOf(key));
  }
  return paths;
}
