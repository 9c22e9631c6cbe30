/** `holdfast undo`: puts back what one device changed since a moment, after saying what that is. */
import type { UndoEffect, UndoneFolder, UndoResult } from '@holdfast/node';
import { exitCodes } from '../exit-code.js';
import { countText, printable } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

interface UndoOptions {
  readonly since: string;
  readonly storeId?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const effects: Readonly<Record<UndoEffect, string>> = {
  replaced: 'what was there before comes back',
  removed: 'it was made since',
  returned: 'it was deleted since',
};
const listedPaths = 20;

export const addUndo: AddVerb = (program, bind) => {
  program
    .command('undo')
    .description('put back what a device changed since a moment; nothing is erased')
    .argument('<device>', 'name, id or prefix')
    .argument('[folder]', 'label or id (every folder that has files here)')
    .requiredOption('--since <time>', 'a TIME; what was changed after it is undone')
    .option('--store-id <id>', 'by the history of this store')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'do it')
    .action(
      bind(
        async (
          { output, node },
          device: string,
          folder: string | undefined,
          options: UndoOptions,
        ) => {
          const { since, storeId, dryRun = false, yes: confirmed = false } = options;
          const result = await node().undo({ device, since, folder, storeId, dryRun, confirmed });
          output.result(result, () => undoLines(result));
          if (result.connected && result.folders.some(isChanged)) {
            output.warning(
              `${result.device} is connected: what it changes from now on is not undone.`,
            );
          }
          const isPart = !dryRun && result.folders.some(({ left }) => left.length > 0);
          return isPart ? exitCodes.doneInPart : undefined;
        },
      ),
    );
};

function isChanged({ replaced, removed, returned }: UndoneFolder): boolean {
  return replaced + removed + returned > 0;
}

function undoLines({ device, dryRun, folders }: UndoResult): string[] {
  return folders.flatMap((folder) => {
    const { label, replaced, removed, returned, changes, left } = folder;
    const name = printable(label);
    if (!isChanged(folder) && left.length === 0) {
      return [`${name}: ${printable(device)} changed nothing that the folder still shows.`];
    }
    const counts = `${replaced} replaced, ${removed} removed, ${returned} returned`;
    const listed = dryRun ? changes.slice(0, listedPaths) : [];
    const more = dryRun ? replaced + removed + returned - listed.length : 0;
    return [
      dryRun ? `${name}: would be ${counts}.` : `${name}: ${counts}.`,
      ...listed.map(({ path, effect }) => `  ${printable(path)} (${effects[effect]})`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      ...left
        .slice(0, listedPaths)
        .map(({ path, reason }) => `  Left: ${printable(path)} (${printable(reason)})`),
      ...(left.length > listedPaths
        ? [`  Left: ${countText(left.length - listedPaths, 'more')}`]
        : []),
    ];
  });
}
