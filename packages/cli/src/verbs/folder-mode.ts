/** `holdfast folder override|revert`: what a person does to a folder that only sends or only receives. */
import type { ModeActionRequest, ModeActionResult } from '@holdfast/node';
import type { RestClient } from '@holdfast/rest-api';
import type { Command } from 'commander';
import { countText, printable } from '../printable-text.js';
import type { Bind } from '../verb.js';

interface ModeVerb {
  readonly name: 'override' | 'revert';
  readonly description: string;
  /** What happens to each kind of path. */
  readonly effects: Readonly<Record<'replaced' | 'removed' | 'returned', string>>;
  readonly nothing: string;
  readonly done: string;
  readonly perform: (node: RestClient, request: ModeActionRequest) => Promise<ModeActionResult>;
}

const modeVerbs: readonly ModeVerb[] = [
  {
    name: 'override',
    description:
      "send-only, or after a lost index: make this device's files win on every other device",
    effects: {
      replaced: "this device's version takes the place of the others'",
      removed: 'others have it and this device does not: it is deleted there',
      returned: 'others deleted it: it comes back there',
    },
    nothing: 'Nothing differs on the other devices.',
    done: 'What is replaced or deleted elsewhere is kept aside there until it is archived.',
    perform: (node, request) => node.overrideFolder(request),
  },
  {
    name: 'revert',
    description: 'receive-only, or after a lost index: take back what was changed here',
    effects: {
      replaced: "the others' version takes the place of what is here",
      removed: 'nobody else has it: it is removed here',
      returned: 'it was deleted here: it comes back',
    },
    nothing: 'Nothing was changed here.',
    done: 'What was here is kept aside until it is archived. See it with: holdfast folder held',
    perform: (node, request) => node.revertFolder(request),
  },
];

const listedPaths = 20;

export function addFolderModes(folder: Command, bind: Bind): void {
  for (const verb of modeVerbs) {
    folder
      .command(verb.name)
      .description(verb.description)
      .argument('<folder>', 'label or id')
      .option('--dry-run', 'only say what would happen')
      .action(
        bind(async ({ output, node }, which: string, options: { readonly dryRun?: boolean }) => {
          const planned = await verb.perform(node(), { folder: which, dryRun: true });
          if (options.dryRun === true) {
            output.result(planned, () => plannedLines(verb, planned));
            return undefined;
          }
          if (planned.files > 0) output.warning(`${touches(planned)}.`);
          const done = await verb.perform(node(), { folder: which, dryRun: false });
          output.result(done, () => doneLines(verb, done));
          return undefined;
        }),
      );
  }
}

function plannedLines(verb: ModeVerb, planned: ModeActionResult): string[] {
  if (planned.files === 0) return [verb.nothing];
  const listed = planned.changes.slice(0, listedPaths);
  const left = planned.files - listed.length;
  return [
    `${touches(planned)}:`,
    ...listed.map(({ path, effect }) => `  ${printable(path)} (${verb.effects[effect]})`),
    ...(left > 0 ? [`  and ${left} more`] : []),
    'Nothing was changed.',
  ];
}

function doneLines(verb: ModeVerb, done: ModeActionResult): string[] {
  if (done.files === 0) return [verb.nothing];
  const { replaced, removed, returned } = done;
  return [`Replaced ${replaced}, removed ${removed}, returned ${returned}.`, verb.done];
}

function touches({ files }: ModeActionResult): string {
  return `${countText(files, 'file')} will be touched`;
}
