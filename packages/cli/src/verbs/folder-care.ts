/** `holdfast folder remove|rescan|pause|resume|set`: looking after a folder that is kept. */
import type {
  FolderMode,
  FolderStatus,
  GuardChange,
  GuardSettings,
  WatchMode,
} from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import type { RestClient } from '@holdfast/rest-api';
import { type Command, Option } from 'commander';
import { printable } from '../printable-text.js';
import { type Bind, wholeNumber } from '../verb.js';
import { addFolderAnswers } from './folder-answer.js';

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
  addFolderAnswers(folder, bind);
  addSet(folder, bind);
}

interface SetOptions {
  readonly copies?: number;
  readonly watch?: WatchMode;
  readonly mode?: FolderMode;
  readonly yes?: boolean;
  readonly guard?: 'on' | 'off';
  readonly guardFiles?: number;
  readonly guardShare?: number;
  readonly guardWindow?: number;
}

const watchWords: Readonly<Record<WatchMode, string>> = {
  auto: 'changes are noticed by events of the system, or by polling where there are none.',
  native: 'changes are noticed by events of the system.',
  polling: 'changes are noticed by looking every few seconds.',
};

function nothingToSet(): AppError {
  return new AppError('usage', 'Say what to set.', {
    hint: 'Nothing was changed. Give --copies N, --mode MODE, --watch auto|native|polling, --guard on|off, or --guard-files, --guard-share or --guard-window N.',
  });
}

const modeWords: Readonly<Record<FolderMode, string>> = {
  'send-receive': 'it sends what is changed here and takes what is changed elsewhere.',
  'send-only': 'it sends what is changed here, and nothing is taken from others.',
  'receive-only': 'it takes what is changed elsewhere, and what is changed here is not sent.',
};

function addSet(folder: Command, bind: Bind): void {
  folder
    .command('set')
    .description('change what a folder wants')
    .argument('<folder>', 'label or id')
    .option('--copies <n>', 'how many archives must hold every version', wholeNumber)
    .addOption(
      new Option(
        '--watch <how>',
        'how changes are noticed; polling where files change without an event',
      ).choices(['auto', 'native', 'polling']),
    )
    .addOption(
      new Option('--mode <mode>', 'which way changes travel').choices(Object.keys(modeWords)),
    )
    .option('--yes', 'change the mode although that touches files')
    .addOption(
      new Option('--guard <on|off>', 'whether a mass change waits for your answer').choices([
        'on',
        'off',
      ]),
    )
    .option('--guard-files <n>', 'ask about more changed files than this', wholeNumber)
    .option('--guard-share <percent>', 'and about a larger share of the folder', wholeNumber)
    .option('--guard-window <minutes>', 'within this time', wholeNumber)
    .action(
      bind(async ({ output, node }, which: string, options: SetOptions) => {
        const { copies, watch, mode } = options;
        const guard = guardChange(options);
        const changes = [copies, watch, mode, guard];
        if (changes.every((change) => change === undefined)) throw nothingToSet();
        const lines: string[] = [];
        let status: FolderStatus | object = {};
        if (copies !== undefined) {
          const wanting = await node().setCopies(which, copies);
          lines.push(`${printable(wanting.label)} wants ${copies} and is in ${wanting.copies}.`);
          status = wanting;
        }
        if (mode !== undefined) {
          const confirmed = options.yes === true;
          const changed = await node().setMode({ folder: which, mode, confirmed });
          lines.push(`${printable(changed.label)} is ${mode}: ${modeWords[mode]}`);
          status = changed;
        }
        if (watch !== undefined) {
          const watched = await node().setWatch(which, watch);
          lines.push(`${printable(watched.label)}: ${watchWords[watch]}`);
          status = watched;
        }
        if (guard !== undefined) {
          const guarded = await node().setGuard(which, guard);
          lines.push(`${printable(guarded.label)}: ${guardWords(guarded.guard)}`);
          status = guarded;
        }
        output.result(status, () => lines);
        return undefined;
      }),
    );
}

/** Undefined: nothing about it is to change. */
function guardChange(options: SetOptions): GuardChange | null | undefined {
  const { guard, guardFiles: files, guardShare: sharePercent } = options;
  const windowMinutes = options.guardWindow;
  if (guard === 'off') return null;
  const isGiven = [guard, files, sharePercent, windowMinutes].some((one) => one !== undefined);
  return isGiven ? { files, sharePercent, windowMinutes } : undefined;
}

function guardWords(guard: GuardSettings | null): string {
  if (guard === null) return 'mass changes are taken over without asking.';
  const { files, sharePercent, windowMinutes } = guard;
  return `asks before more than ${files} files and ${sharePercent} % of them are deleted or rewritten within ${windowMinutes} minutes.`;
}
