/** `holdfast where`: which devices have a file, and which archives hold which of its versions. */
import type { WhereArchive, WhereDevice, WhereResult } from '@holdfast/node';
import { alignedLines, type Cell, countText, localTimeText, sizeText } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

export const addWhere: AddVerb = (program, bind) => {
  program
    .command('where')
    .description('which devices have a file or a folder, and which archives hold its versions')
    .argument('<path>', 'FOLDER or FOLDER/dir/file')
    .action(
      bind(async ({ output, node }, path: string) => {
        const result = await node().where(path);
        output.result(result, () => whereLines(result));
        return undefined;
      }),
    );
};

function whereLines(result: WhereResult): string[] {
  const { copies, devices, archives, files, bytes } = result;
  const what =
    result.kind === 'tombstone'
      ? 'It is deleted.'
      : `${countText(files, 'file')}, ${sizeText(bytes)}.`;
  return [
    `${what} In ${countText(copies, 'place')}.`,
    ...alignedLines(
      devices.map((device) => deviceRow(device, files)),
      '  ',
    ),
    archives.length === 0 ? 'No archive is known to have it.' : 'Archives',
    ...alignedLines(archives.map(archiveRow), '  '),
  ];
}

function deviceRow(device: WhereDevice, files: number): Cell[] {
  const part = `${device.files.toLocaleString('en')} of ${countText(files, 'file')}`;
  const has = device.has ? 'has it' : device.files > 0 ? `has ${part}` : 'does not have it';
  const away = device.admitted ? 'away' : 'cut off: counts as no copy';
  const where = device.thisDevice ? 'this device' : device.connected ? 'connected' : away;
  return [device.device, where, has, device.archived ? 'in its archive' : ''];
}

function archiveRow({ device, store, connected, versions, asOf, has }: WhereArchive): Cell[] {
  const all = has ? 'has it' : 'does not have all of it';
  const held = versions === null ? all : countText(versions.length, 'version');
  const known = connected || asOf === null ? '' : `as of ${localTimeText(asOf)}`;
  return [device, store, held, known];
}
