/** Planted bugs in what is done about bits that rot, on a disk that says nothing. */
import { bug } from './bug.mjs';

export const rotBugs = [
  bug(
    'rotten entries are given as whole ones',
    'block-store/src/segment-read-jobs.ts',
    "return verifyFrame(target, 0, offset, tools.hasher) === undefined ? 'damaged' : 'whole';",
    "return verifyFrame(target, 0, offset, tools.hasher) === null ? 'damaged' : 'whole';",
    { seeds: 'rot-' },
  ),
  bug(
    'nobody looks in the second copy of the log for what rotted in the first',
    'version-archive/src/history-log.ts',
    'const fromB = await this.#copies.b.read(lacking.map(({ locations }) => locations.b));',
    'const fromB = await this.#copies.a.read(lacking.map(({ locations }) => locations.a));',
    { seeds: 'rot-' },
  ),
  bug(
    'what rotted in one copy of the log is not written again',
    'version-archive/src/version-archive.ts',
    'let repaired = await this.#log.mend(log.faults);',
    'let repaired = log.faults.length;',
    { suite: ['packages/version-archive/test/verify'], seeds: 'rot-' },
  ),
  bug(
    'a verification does not look what lay where bytes are damaged',
    'block-store/src/block-verification.ts',
    'if (this.hasMetDamage) await this.#findRotten(lost);',
    'if (lost.size > 0) await this.#findRotten(lost);',
    { seeds: 'rot-' },
  ),
  bug(
    'a verification brings nothing back',
    'sync-engine/src/content-healer.ts',
    'if (this.#left.size === 0) break;',
    'if (this.#left.size >= 0) break;',
    { seeds: 'rot-' },
  ),
  bug(
    'a block that a reader found rotten counts as held',
    'block-store/src/block-store.ts',
    'if (damaged.length > 0) await this.#unindex(damaged);',
    'if (damaged.length < 0) await this.#unindex(damaged);',
    { seeds: 'rot-' },
  ),
  bug(
    'a segment that ended on a full disk waits for the next start to get its end mark',
    'block-store/src/segment-stream.ts',
    'if (isNew) await this.#trailers.settle();',
    '',
    { suite: ['packages/block-store/test/segment-faults'] },
  ),
];
