/** Paths out of a long iteration, a page at a time: what is done with a page is done meanwhile. */
import type { FolderPath } from '@holdfast/model';

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
