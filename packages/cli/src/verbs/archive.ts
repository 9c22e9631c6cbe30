/** `holdfast archive …`: the history that this device keeps. */
import type { ArchiveStatus, RebuiltIndex } from '@holdfast/node';
import { alignedLines, countText, printable, right, sizeText } from '../printable-text.js';
import { thinnedLines } from '../thinned-text.js';
import type { AddVerb } from '../verb.js';
import { addArchiveCompact } from './archive-compact.js';
import { addArchiveThin } from './archive-thin.js';

export const addArchive: AddVerb = (program, bind) => {
  const archive = program.command('archive').description('the history that this device keeps');
  archive
    .command('status')
    .description('say what the store holds')
    .action(
      bind(async ({ output, node, environment }) => {
        const status = await node().archiveStatus();
        output.result(status, () => archiveLines(status, environment.clock.now()));
        return undefined;
      }),
    );
  archive
    .command('rebuild-index')
    .description("make the index of the store again, from the store's files alone")
    .action(
      bind(async ({ output, node }) => {
        output.note('Reading the store.');
        const rebuilt = await node().rebuildArchiveIndex();
        output.result(rebuilt, () => [rebuiltLine(rebuilt)]);
        return undefined;
      }),
    );
  addArchiveThin(archive, bind);
  addArchiveCompact(archive, bind);
};

function rebuiltLine({ records, blocks, seconds }: RebuiltIndex): string {
  const what = `${countText(records, 'entry', 'entries')} and ${countText(blocks, 'block')}`;
  return `Found ${what} in ${seconds.toFixed(1)} seconds.`;
}

function archiveLines(status: ArchiveStatus, nowMs: number): string[] {
  const stored = `${sizeText(status.bytes)} in ${sizeText(status.storedBytes)} on disk`;
  const rows = alignedLines(
    status.folders.map((folder) => [
      folder.label,
      right(countText(folder.versions, 'version')),
      right(countText(folder.files, 'file')),
      right(countText(folder.deletedFiles, 'deleted file')),
      folder.position,
    ]),
    '  ',
  );
  return [
    `Store ${status.storeId} at ${printable(status.store)}`,
    `${countText(status.blocks, 'block')}, ${stored}, ${countText(status.segments, 'segment')}`,
    ...status.folders.flatMap((folder, at) => [
      rows[at] ?? '',
      ...thinnedLines(folder, nowMs).map((line) => `    ${line}`),
    ]),
  ];
}
