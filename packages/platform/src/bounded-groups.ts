/** Cutting what is to be done into groups that one job, request or write takes. */
export interface GroupBound<Item> {
  readonly bytesOf: (item: Item) => number;
  readonly maxBytes: number;
  readonly maxItems?: number;
}

/** Groups of so many, whatever their bytes. */
export function byCount(maxItems: number): GroupBound<unknown> {
  return { maxItems, maxBytes: Number.POSITIVE_INFINITY, bytesOf: () => 0 };
}

/** In order, and none empty. Only where a single item does has a group more bytes than it may. */
export function* inGroups<Item>(
  items: Iterable<Item>,
  { bytesOf, maxBytes, maxItems = Number.POSITIVE_INFINITY }: GroupBound<Item>,
): Generator<Item[]> {
  let group: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = bytesOf(item);
    if (group.length === maxItems || (group.length > 0 && bytes + itemBytes > maxBytes)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(item);
    bytes += itemBytes;
  }
  if (group.length > 0) yield group;
}
