/** Planted bugs in a device's index: its numbers, what it offers, what it believes of receipts. */
import { bug, bugOf } from './bug.mjs';

const index = 'folder-index/src/folder-index.ts';
const numbers = 'folder-index/src/own-numbers.ts';
const coverage = 'folder-index/src/coverage.ts';
const entry = 'folder-index/src/path-entry.ts';
const link = 'sync-engine/src/folder-link.ts';

export const indexBugs = [
  bug(
    'numbers are given out before they are durable',
    index,
    'const sync = options.sync || next.sequence !== this.#state.sequence;',
    'const sync = options.sync && next.sequence < 0;',
    { suite: ['packages/folder-index/test/own-sequence'], seeds: '' },
  ),
  bug(
    'what a member told is believed to be seen before it is durable',
    link,
    '{ sync: delta.position !== undefined, peers },',
    '{ sync: false, peers },',
    { suite: ['packages/sync-engine/test/folder-link'] },
  ),
  bug(
    'a receipt covers what it excepts',
    coverage,
    '(receipt) => sequence <= receipt.position.sequence && !receipt.exceptions.includes(id),',
    '(receipt) => sequence <= receipt.position.sequence,',
    { suite: ['packages/folder-index/test/coverage'] },
  ),
  bug(
    'a receipt covers what it does not reach',
    coverage,
    '(receipt) => sequence <= receipt.position.sequence && !receipt.exceptions.includes(id),',
    '(receipt) => !receipt.exceptions.includes(id),',
    { suite: ['packages/folder-index/test/coverage'] },
  ),
  bug(
    'one store is as good as the wanted number of copies',
    coverage,
    'this.copiesOf(id, sequence) >= this.#copies;',
    'this.copiesOf(id, sequence) >= 1;',
    { suite: ['packages/folder-index/test/coverage'] },
  ),
  bugOf(
    'receipts of another history of this device are believed',
    [
      [numbers, 'if (position.epoch !== epoch) return false;', ''],
      [numbers, 'return known === position.hash;', 'return known !== undefined;'],
    ],
    { suite: ['packages/folder-index/test/own-sequence'], seeds: 'old-' },
  ),
  bug(
    'receipts of an old epoch are believed',
    numbers,
    'if (position.epoch !== epoch) return false;',
    '',
    { suite: ['packages/folder-index/test/own-numbers'] },
  ),
  bug(
    'a restart forgets how far numbers are certain',
    index,
    'this.#state = reopened(state);',
    'this.#state = state;',
    { suite: ['packages/folder-index/test/own-numbers'], seeds: 'old-' },
  ),
  bug(
    'numbers in doubt are published',
    numbers,
    'return renumbering?.certain ?? { epoch, sequence, hash };',
    'return renumbering === undefined ? { epoch, sequence, hash } : { epoch, sequence, hash };',
    { suite: ['packages/folder-index/test/own-numbers'], seeds: 'lost-' },
  ),
  bug(
    'nobody notices that numbers went backward',
    numbers,
    'return contradicts(this.#index.state(), device, seen, isRemembered);',
    'return contradicts(this.#index.state(), device, seen, isRemembered || seen !== undefined) && false;',
    { suite: ['packages/folder-index/test/own-numbers'], seeds: 'old-' },
  ),
  bug(
    'archives are not offered what is kept beside',
    link,
    `if (state === 'side' && !toArchive) continue;`,
    `if (state === 'side') continue;`,
    { suite: ['packages/sync-engine/test/folder-link'] },
  ),
  bug(
    'what is kept beside is told as current',
    link,
    'for (const { version, sequence, state, checked } of rows) {',
    `for (const { version, sequence, state: given, checked } of rows) {
      const state = given === 'side' && toArchive ? ('current' as const) : given;`,
    { suite: ['packages/sync-engine/test/folder-link'] },
  ),
  bug(
    'what is kept beside is relayed to everybody',
    link,
    `if (state === 'side' && !toArchive) continue;`,
    `if (state === 'side' && toArchive && rows.length < 0) continue;`,
    { suite: ['packages/sync-engine/test/folder-link'] },
  ),
  bug(
    'what a member showed before stays beside what it shows now',
    entry,
    `        part.device !== peer.device ||
        (row`,
    `        part.device === peer.device ||
        (row`,
    { suite: ['packages/folder-index/test/entries'], seeds: '' },
  ),
];
