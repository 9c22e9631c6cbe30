/** Planted bugs in an archive: its store, its history log, its receipts. */
import { bug, bugOf } from './bug.mjs';

const segmentJobs = 'block-store/src/segment-jobs.ts';
const stream = 'block-store/src/segment-stream.ts';
const recovery = 'block-store/src/segment-recovery.ts';
const receipts = 'sync-engine/src/receipt-writer.ts';
const appender = 'sync-engine/src/archive-appender.ts';
const ingester = 'sync-engine/src/archive-ingester.ts';

export const archiveBugs = [
  bug(
    'a segment is not synced',
    segmentJobs,
    `withFile(tools, segmentPath(place), 'write', (handle) => tools.fileSystem.syncFile(handle));`,
    '',
    { suite: ['packages/block-store/test/block-store'], seeds: '' },
  ),
  bug(
    'the name of a new segment is not synced',
    segmentJobs,
    'if (isNew) tools.fileSystem.syncDirectory(place.directory);',
    '',
    { suite: ['packages/block-store/test/block-store'], seeds: '' },
  ),
  bug(
    'what was appended counts as synced',
    stream,
    'if (open === undefined || open.synced.entryCount === open.appended.entryCount) return;',
    `if (open === undefined || open.synced.entryCount === open.appended.entryCount) return;
    if (open.synced.entryCount > 0) {
      open.synced = open.appended;
      return this.#publish(open);
    }`,
    { suite: ['packages/block-store/test/block-store'], seeds: '' },
  ),
  bug(
    'after a failed sync the segment goes on',
    stream,
    `    } catch (error) {
      await this.#appendTrailer(open);
      throw writeFailure(error);
    }
    open.synced = open.appended;`,
    `    } catch {
      open.synced = open.appended;
    }
    open.synced = open.appended;`,
    { suite: ['packages/block-store/test/block-store'], seeds: '' },
  ),
  bug(
    'blocks are appended unseen',
    segmentJobs,
    `const refused = input.payloads === 'blocks' ? lyingBlocks(frames, tools) : undefined;`,
    `const refused = input.payloads === 'blocks' && frames.length < 0 ? lyingBlocks(frames, tools) : undefined;`,
    { suite: ['packages/block-store/test/block-store'] },
  ),
  bug(
    'recovery trusts a trailer that nothing confirms',
    recovery,
    'if (trailer !== undefined && wanted !== undefined && sameBytes(trailer.digest, wanted)) {',
    'if (trailer !== undefined) {',
    { suite: ['packages/block-store/test/segment-stream'] },
  ),
  bug(
    'recovery counts bytes that it did not write again',
    recovery,
    'writeAgain({ fileBytes, validBytes: extent.validBytes, trailerBytes: 0 }, tools, handle);',
    '',
    { suite: ['packages/block-store/test/segment-faults'] },
  ),
  bug(
    'the second copy of the log is not written',
    'version-archive/src/history-log.ts',
    'const [inA, inB] = await bothSettled(a.write(staged), b.write(staged));',
    'const [inA, inB] = await bothSettled(a.write(staged), a === b ? b.write(staged) : Promise.resolve([]));',
    { suite: ['packages/version-archive/test/version-archive'], seeds: '' },
  ),
  bug(
    'the log is not synced',
    'version-archive/src/log-copy.ts',
    '      await this.#stream.sync();\n',
    '',
    { suite: ['packages/version-archive/test/version-archive'], seeds: '' },
  ),
  bug(
    'a version is logged before its blocks are synced',
    'version-archive/src/stored-ids.ts',
    '    await blocks.sync(wanted);',
    '    await blocks.has([]);',
    { suite: ['packages/version-archive/test/crash'] },
  ),
  bug(
    'a version is logged though a block of it is missing',
    'version-archive/src/stored-ids.ts',
    'if (missing > 0) throw blocksMissing(missing, cause);',
    'if (missing < 0) throw blocksMissing(missing, cause);',
    { suite: ['packages/version-archive/test/version-archive'] },
  ),
  bug(
    'what did not arrive is archived all the same',
    'sync-engine/src/archive-fetcher.ts',
    '(here.every(Boolean) ? complete : incomplete).push(wanted);',
    'complete.push(wanted);',
    { suite: ['packages/sync-engine/test/archive-ingester'] },
  ),
  bug(
    'a receipt names no exceptions',
    receipts,
    'exceptions: [...new Set([...reached.map(({ id }) => id), ...losses.ids])],',
    'exceptions: [],',
    {
      suite: ['packages/sync-engine/test/receipt-writer'],
    },
  ),
  bug(
    'a receipt goes on covering what the store lost',
    receipts,
    '...reached.map(({ id }) => id), ...losses.ids])',
    '...reached.map(({ id }) => id)])',
    { suite: ['packages/sync-engine/test/receipt-writer'] },
  ),
  bug(
    'what the store lost counts as archived',
    ingester,
    'await this.#appender.takeAnew(files);',
    '',
    { suite: ['packages/sync-engine/test/lost-content'] },
  ),
  bug(
    'an entry of the log that was mended is not looked for',
    'version-archive/src/follow-chain.ts',
    ': await mended(copy, position);',
    ': undefined;',
    { suite: ['packages/version-archive/test/verify'] },
  ),
  bug(
    'a receipt reaches beyond what is archived',
    receipts,
    'const limit = pending?.sequence ?? Number.POSITIVE_INFINITY;',
    'const limit = pending === undefined ? Number.POSITIVE_INFINITY : Number.MAX_VALUE;',
    { suite: ['packages/sync-engine/test/receipt-writer'], seeds: '' },
  ),
  bug(
    'an own mirror counts on a store that lost more than it can name',
    receipts,
    'if (losses.preventReceipts || seen === undefined) return [];',
    'if (seen === undefined) return [];',
    { suite: ['packages/sync-engine/test/mirror-receipt'], seeds: '' },
  ),
  bug(
    'versions count as archived before they are in the log',
    appender,
    `    await archive.append(folder, [...offered, ...returned(turns, ids, lost)]);
    await index.update(paths, (entry) => this.#archived(entry, ids, lost, turns), { sync: true });`,
    `    await index.update(paths, (entry) => this.#archived(entry, ids, lost, turns), { sync: true });
    await archive.append(folder, [...offered, ...returned(turns, ids, lost)]);`,
    { suite: ['packages/sync-engine/test/archive-turns'], seeds: '' },
  ),
  bug(
    'a late version is entered as current in the history',
    appender,
    'const becameCurrent = turn?.winner?.version.id === row.version.id;',
    'const becameCurrent = turn !== undefined || row.archived;',
    { suite: ['packages/sync-engine/test/archive-ingester'], seeds: '' },
  ),
  bug(
    'an archive does not go back to what members go back to',
    ingester,
    'went.push(await this.#tried({}, () => this.#turnPaths()));',
    '',
    { suite: ['packages/sync-engine/test/archive-turns'] },
  ),
  bug(
    'an archive drops what it was not given',
    ingester,
    'set.add(offer.row.version.id);',
    'set.delete(offer.row.version.id);',
    { suite: ['packages/sync-engine/test/archive-ingester'] },
  ),
  bugOf(
    'small files of the home are not synced before their rename',
    [['platform/src/durable-file.ts', '    fileSystem.syncFile(handle);\n', '']],
    { suite: ['packages/simulation/test/durable-file'], seeds: '' },
  ),
  bug(
    'a history that was changed is believed',
    'sync-engine/src/log-watch.ts',
    "return page.head === witness.head ? 'extends' : 'contradicts';",
    "return 'extends';",
    { suite: ['packages/sync-engine/test/log-watch'], seeds: '' },
  ),
  bug(
    'the head of the chain is said of another entry',
    'version-archive/src/history-log.ts',
    'await copy.find(position + 1);',
    'await copy.find(position);',
    { suite: ['packages/version-archive/test/log-copies'] },
  ),
];
