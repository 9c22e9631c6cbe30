/** Which rows of a long list need to be there: those in sight, and a few around them. Pure. */
export interface RowRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export interface ListView {
  readonly scrollPixels: number;
  readonly heightPixels: number;
  readonly rowPixels: number;
  readonly count: number;
}

const spareRows = 8;

export function visibleRows({ scrollPixels, heightPixels, rowPixels, count }: ListView): RowRange {
  const first = Math.floor(scrollPixels / rowPixels);
  const shown = Math.ceil(heightPixels / rowPixels) + 1;
  const from = Math.max(0, Math.min(first, count - shown) - spareRows);
  return { from, to: Math.min(count, from + shown + 2 * spareRows) };
}

/** The row that a key leads to; undefined for keys that lead nowhere. */
export function rowAfterKey(key: string, row: number, count: number, pageRows: number) {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + pageRows,
    PageUp: row - pageRows,
    Home: 0,
    End: count - 1,
  };
  const target = steps[key];
  return target === undefined ? undefined : Math.max(0, Math.min(count - 1, target));
}
