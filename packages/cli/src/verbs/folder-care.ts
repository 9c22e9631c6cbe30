/** `holdfast folder remove|rescan|pause|resume|set|held`: looking after a folder that is kept. */
import type { RestClient } from '@holdfast/rest-api';
import type { Command } from 'commander';
import { alignedLines, localTimeText, printable, right, sizeText } from '../printable-text.js';
import { type Bind, wholeNumber } from '../verb.js';

interface PlainChange {
  readonly name: string;
  readonly description: string;
  readonly done: (folder: string) => string;
  readonly perform: (node: RestClient, folder: string) => Promise<void>;
}

const plainChanges: readonly PlainChange[] = [
  {
    name: 'remove',
    description: 'stop keeping a folder; its files stay',
    done: (folder) => `${folder} is no longer kept here. Its files stay where they are.`,
    perform: (node, folder) => node.removeFolder(folder),
  },
  {
    name: 'rescan',
    description: 'look through a folder again, now',
    done: (folder) => `${folder} was looked through.`,
    perform: (node, folder) => node.rescanFolder(folder),
  },
  {
    name: 'pause',
    description: 'stop syncing a folder for a while',
    done: (folder) => `${folder} is paused.`,
    perform: (node, folder) => node.pauseFolder(folder),
  },
  {
    name: 'resume',
    description: 'sync a paused folder again',
    done: (folder) => `${folder} goes on.`,
    perform: (node, folder) => node.resumeFolder(folder),
  },
];

export function addFolderCare(folder: Command, bind: Bind): void {
  for (const { name, description, done, perform } of plainChanges) {
    folder
      .command(name)
      .description(description)
      .argument('<folder>', 'label or id')
      .action(
        bind(async ({ output, node }, which: string) => {
          await perform(node(), which);
          output.result({ folder: which, done: name }, () => [done(printable(which))]);
          return undefined;
        }),
      );
  }
  addSet(folder, bind);
  addHeld(folder, bind);
}

function addSet(folder: Command, bind: Bind): void {
  folder
    .command('set')
    .description('change what a folder wants')
    .argument('<folder>', 'label or id')
    .requiredOption('--copies <n>', 'how many archives must hold every version', wholeNumber)
    .action(
      bind(async ({ output, node }, which: string, options: { copies: number }) => {
        const status = await node().setCopies(which, options.copies);
        output.result(status, () => [
          `${printable(status.label)} wants ${options.copies} and is in ${status.copies}.`,
        ]);
        return undefined;
      }),
    );
}

function addHeld(folder: Command, bind: Bind): void {
  folder
    .command('held')
    .description('list what is kept aside until it is archived')
    .argument('<folder>', 'label or id')
    .action(
      bind(async ({ output, node }, which: string) => {
        const held = await node().heldVersions(which);
        output.result({ held }, () =>
          held.length === 0
            ? ['Nothing is kept aside.']
            : alignedLines(
                held.map((version) => [
                  localTimeText(version.since),
                  right(sizeText(version.size)),
                  version.path,
                  version.reason,
                ]),
              ),
        );
        return undefined;
      }),
    );
}
