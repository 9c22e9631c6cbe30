/**
 * One bug of one edit. `more.suite`: test files that have to notice it; `more.seeds`: the kind of worlds
 * that can, such as `old-`, or the usual ones (an empty text), beside a suite or in place of the usual.
 */
export function bug(name, file, find, replace, more = {}) {
  return { name, edits: [{ file, find, replace }], ...more };
}

/** One bug that takes several edits: `[file, find, replace]` each. */
export function bugOf(name, edits, more = {}) {
  return {
    name,
    edits: edits.map(([file, find, replace]) => ({ file, find, replace })),
    ...more,
  };
}
