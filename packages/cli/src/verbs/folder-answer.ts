/** `holdfast folder confirm|reject`: the answer to a mass change, for every member of the folder. */
import type { MassChangeAnswers, MassChangeStatus } from '@holdfast/node';
import type { RestClient } from '@holdfast/rest-api';
import type { Command } from 'commander';
import { countText, printable } from '../printable-text.js';
import type { Bind } from '../verb.js';

interface Answer {
  readonly name: 'confirm' | 'reject';
  readonly description: string;
  readonly meaning: string;
  readonly give: (node: RestClient, folder: string) => Promise<MassChangeAnswers>;
}

const answers: readonly Answer[] = [
  {
    name: 'confirm',
    description: 'a mass change was meant: every device takes it over',
    meaning: 'is taken over everywhere. What was there before stays in the history of archives.',
    give: (node, folder) => node.confirmFolder(folder),
  },
  {
    name: 'reject',
    description: 'a mass change was not meant: every device shows what was there before',
    meaning: 'is put back everywhere. What was made of it stays in the history of archives.',
    give: (node, folder) => node.rejectFolder(folder),
  },
];

export function addFolderAnswers(folder: Command, bind: Bind): void {
  for (const { name, description, meaning, give } of answers) {
    folder
      .command(name)
      .description(description)
      .argument('<folder>', 'label or id')
      .action(
        bind(async ({ output, node }, which: string) => {
          const result = await give(node(), which);
          output.result(result, () => result.answered.map((one) => lineOf(one, meaning)));
          return undefined;
        }),
      );
  }
}

function lineOf({ deviceName, deleted, rewritten }: MassChangeStatus, meaning: string): string {
  const count = countText(deleted + rewritten, 'change');
  return `What ${printable(deviceName)} did (${count}) ${meaning}`;
}
