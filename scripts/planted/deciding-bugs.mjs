/** Planted bugs in the rules by which every device has to decide the same. */
import { bug } from './bug.mjs';

const conflict = 'model/src/conflict.ts';
const vector = 'model/src/version-vector.ts';
const plan = 'sync-engine/src/plan-sync.ts';

export const decidingBugs = [
  bug(
    'between equal claims the one that came first wins',
    conflict,
    'return left.record.mtimeNs > right.record.mtimeNs;',
    'return left.record.mtimeNs < 0n;',
    { suite: ['packages/model/test/model'], seeds: '' },
  ),
  bug(
    'versions that others replaced take part in a conflict',
    conflict,
    'const latest = undominated(versions);',
    'const latest = versions;',
    { suite: ['packages/model/test/model'], seeds: '' },
  ),
  bug(
    'a deletion beats an edit made apart',
    conflict,
    `    case 'tombstone':
      return 0;
  }`,
    `    case 'tombstone':
      return 9;
  }`,
    { suite: ['packages/model/test/model'] },
  ),
  bug(
    'of two counts of an actor a join takes the later one given',
    vector,
    'counters.set(actor, Math.max(counter, counters.get(actor) ?? 0));',
    'counters.set(actor, counter);',
    { suite: ['packages/model/test/model'] },
  ),
  bug(
    'concurrent vectors count as newer',
    vector,
    `if (leftAhead) return rightAhead ? 'concurrent' : 'dominates';`,
    `if (leftAhead) return 'dominates';`,
    { suite: ['packages/model/test/model'], seeds: '' },
  ),
  bug(
    'the loser of a conflict is replaced without a copy',
    plan,
    'choice.conflicting.some((version) => version.id === local.version.id);',
    'choice.conflicting.length < 0;',
    { suite: ['packages/sync-engine/test/plan-sync'], seeds: '' },
  ),
  bug(
    'an archive shows what it has not archived',
    plan,
    'const shown = peerCurrents(entry).filter((row) => row.archived);',
    'const shown = peerCurrents(entry);',
    { suite: ['packages/sync-engine/test/plan-sync'], seeds: '' },
  ),
  bug(
    'a version that is shown elsewhere is not taken where one is here',
    plan,
    "if (choice === undefined || choice.current.id === local?.version.id) return { type: 'none' };\n  const target",
    "if (choice === undefined || (local !== undefined && shown.length > 1)) return { type: 'none' };\n  const target",
    { suite: ['packages/sync-engine/test/plan-sync'], seeds: '' },
  ),
];
