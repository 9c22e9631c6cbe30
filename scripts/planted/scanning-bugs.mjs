/** Planted bugs where a disk is looked at: what is a change, and what is a deletion. */
import { bug, bugOf } from './bug.mjs';

const jobs = 'folder-scanner/src/scan-jobs.ts';
const scanner = 'folder-scanner/src/folder-scanner.ts';
const observe = 'folder-scanner/src/observe.ts';
const chunks = 'folder-scanner/src/read-chunks.ts';

export const scanningBugs = [
  bug(
    'what a disk that folds names shows under another name counts',
    'folder-scanner/src/exact-names.ts',
    `    if (!this.#diskFolds()) return true;
    return this.#namesIn(parentOf(path)).has(nameOf(path));`,
    '    return this.#root !== path;',
    { suite: ['packages/folder-scanner/test/folding-disk'], seeds: 'fold-' },
  ),
  bug(
    'an unreadable directory counts as empty',
    jobs,
    `return code === 'ENOENT' ? { type: 'absent' } : { type: 'failed', code };
  }
  entries.sort`,
    `if (code === 'ENOENT') return { type: 'absent' };
  }
  entries.sort`,
    { suite: ['packages/folder-scanner/test/absence'] },
  ),
  bug(
    'a file whose stat fails counts as deleted',
    jobs,
    `return code === 'ENOENT' || code === 'ENOTDIR' ? { type: 'absent' } : { type: 'failed', code };`,
    `return { type: 'absent' };`,
    { suite: ['packages/folder-scanner/test/absence'] },
  ),
  bug(
    'an entry of a directory that cannot be looked at counts as deleted',
    'folder-scanner/src/compare-directories-job.ts',
    'const unread = new Set(failed.map(({ name }) => name));',
    'const unread = new Set<string>();',
    { suite: ['packages/folder-scanner/test/absence'] },
  ),
  bug(
    'the root is not looked at again before an absence is believed',
    scanner,
    'const confirmRoot = () => this.checkRoot();',
    'const confirmRoot = async () => undefined;',
    {
      suite: [
        'packages/folder-scanner/test/absence',
        'packages/folder-scanner/test/folder-scanner',
      ],
    },
  ),
  bugOf(
    'what never was on this disk becomes a tombstone',
    [
      [
        observe,
        'if (row?.local.disk === undefined) return entry;',
        'if (row === undefined) return entry;',
      ],
      [scanner, "{ type: isUnseen ? 'unseen' : 'absent' },", "{ type: 'absent' },"],
    ],
    { suite: ['packages/folder-scanner/test/observe'], seeds: '' },
  ),
  bug(
    'a file that changes while it is read is published',
    chunks,
    `if (!sameStat(before, opened) || !sameStat(opened, after)) return { type: 'unstable' };`,
    '',
    { suite: ['packages/folder-scanner/test/folder-scanner'] },
  ),
  bug(
    'times as young as the grain of a clock are believed',
    chunks,
    'return Math.abs(readStartedMs - changedMs) <= grainMs;',
    'return Math.abs(readStartedMs - changedMs) < -grainMs;',
    { suite: ['packages/folder-scanner/test/folder-scanner'], seeds: '' },
  ),
  bug(
    'the change time counts for nothing in a scan',
    observe,
    '    disk.ctimeNs === stat.ctimeNs &&\n',
    '',
    { suite: ['packages/folder-scanner/test/folder-scanner'], seeds: '' },
  ),
  bug(
    'the modification time of another change is kept',
    observe,
    'const mtimeNs = disk.mtimeNs === stat.mtimeNs ? before.mtimeNs : record.mtimeNs;',
    'const mtimeNs = before.mtimeNs;',
    { suite: ['packages/folder-scanner/test/observe'], seeds: '' },
  ),
  bug(
    'a local change forgets the versions that it replaces',
    observe,
    `const next = joinWithinLimit([...beside, [counted]]) ?? joinWithinLimit([current, [counted]]);`,
    'const next = joinWithinLimit([[counted]]) ?? joinWithinLimit([...beside, current]);',
    { suite: ['packages/folder-scanner/test/observe'], seeds: '' },
  ),
  bug(
    'a local change joins what its user has not seen',
    observe,
    'const shown = entry.rows.filter((row) => row.local !== undefined);',
    'const shown = entry.rows;',
    { suite: ['packages/folder-scanner/test/observe'], seeds: '' },
  ),
  bug(
    'counters begin anew with every change',
    observe,
    'const highest = Math.max(0, ...counts);',
    'const highest = Math.min(0, ...counts);',
    { suite: ['packages/folder-scanner/test/observe'], seeds: '' },
  ),
  bug(
    'a known version is adopted whatever the file holds',
    observe,
    'if (!sameContent(version.record, seen)) return false;',
    'if (version.record.kind !== seen.kind) return false;',
    { suite: ['packages/folder-scanner/test/observe'], seeds: '' },
  ),
];
