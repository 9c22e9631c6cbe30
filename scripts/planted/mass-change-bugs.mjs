/** Planted bugs in what keeps a mass change back, and in what an answer does. */
import { bug } from './bug.mjs';

const mark = 'folder-index/src/guard-mark.ts';
const guard = 'sync-engine/src/mass-change-guard.ts';

export const massChangeBugs = [
  bug(
    'a mass change asks nobody',
    'model/src/mass-change.ts',
    'return total > limits.files && total * 100 > first.files * limits.sharePercent;',
    'return total > limits.files && total * 100 > first.files * limits.sharePercent * 1_000;',
    { seeds: 'mass-' },
  ),
  bug(
    'what waits for an answer is told as current',
    mark,
    "const state = isKeptBack(row) ? 'side' : offeredState(local);",
    'const state = offeredState(local);',
    { seeds: 'mass-' },
  ),
  bug(
    'what a mass change did before anybody was asked stays after a rejection',
    mark,
    "return guard.state === 'noted' && inTime;",
    'return false;',
    { seeds: 'mass-' },
  ),
  bug(
    'a rejection of what waits forgets what had passed on the same path',
    mark,
    "if (here?.state === 'rejected') {",
    "if (here?.state === 'rejected' && entry.rows.length < 0) {",
    { suite: ['packages/folder-index/test/guard-mark'] },
  ),
  bug(
    'a second change of a path forgets what was there before the first',
    guard,
    'return this.#liveMark(planned)?.former ?? planned.action.local?.version;',
    'return planned.action.local?.version;',
    { suite: ['packages/sync-engine/test/mass-change-guard'], seeds: 'mass-' },
  ),
  bug(
    'a confirmation lets nothing go',
    mark,
    `.filter((row) => isMeant(row, changes) && row.guard?.state === 'held')
    .reduce((next, { version }) => withChecked(next, version), entry);`,
    `.filter((row) => isMeant(row, changes) && row.guard?.state === 'rejected')
    .reduce((next, { version }) => withChecked(next, version), entry);`,
    { seeds: 'mass-' },
  ),
  bug(
    'an answer counts as carried out before it is',
    guard,
    '    await carryOutAnswer(index, question, hash);',
    `    await this.#questions.settled(id, answer, 0);
    await carryOutAnswer(index, question, hash);`,
    { suite: ['packages/sync-engine/test/mass-change-guard'], seeds: 'mass-' },
  ),
  bug(
    'what is being placed counts as what this user did',
    'folder-scanner/src/observation-writer.ts',
    'basis.version !== undefined && !isBeingPlaced(path)',
    'basis.version !== undefined',
    { suite: ['packages/folder-scanner/test/foreseen'] },
  ),
  bug(
    'what stands where a directory was is published before what that held counts as gone',
    'folder-scanner/src/observation-writer.ts',
    'if (await this.#showsBelow(pending.path)) this.#again.push(pending.path);',
    'if (pending.path.length === 0) this.#again.push(pending.path);',
    { suite: ['packages/folder-scanner/test/foreseen'] },
  ),
  bug(
    'what is being placed when it is rejected takes the place of the rejection',
    'sync-engine/src/placed-entry.ts',
    'if (replaced?.guard && restoring && dominates(restoring.record.vector, target.record.vector)) {',
    'if (replaced?.guard && restoring && dominates(target.record.vector, restoring.record.vector)) {',
    { suite: ['packages/sync-engine/test/placed-entry'] },
  ),
  bug(
    'what was confirmed counts towards the next question',
    guard,
    'Math.max(sinceMs, confirmedMs + 1)',
    'sinceMs',
    { suite: ['packages/sync-engine/test/own-mass-change.test'] },
  ),
  bug(
    'a question for which nothing came to wait stays open',
    guard,
    'this.#foreseen.delete(this.#init.device);',
    '',
    { suite: ['packages/sync-engine/test/own-mass-change.test'] },
  ),
];
