/** `holdfast folder held|conflicts|problems`: what a folder keeps beside what it shows, and what it could not take in. */
import type { ConflictVersion, FolderConflict, HeldVersion, ReleaseResult } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import type { Command } from 'commander';
import {
  alignedLines,
  type Cell,
  countText,
  localTimeText,
  right,
  sizeText,
} from '../printable-text.js';
import type { Bind, VerbContext } from '../verb.js';

export function addFolderKept(folder: Command, bind: Bind): void {
  addHeld(folder, bind);
  addConflicts(folder, bind);
  addProblems(folder, bind);
}

interface HeldOptions {
  readonly release?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

function addHeld(folder: Command, bind: Bind): void {
  folder
    .command('held')
    .description('list what is kept aside until it is archived')
    .argument('<folder>', 'label or id')
    .option('--release', 'let go of all of it, archived or not')
    .option('--dry-run', 'with --release: only say what would be let go')
    .option('--yes', 'with --release: without asking')
    .action(
      bind(async (context, which: string, options: HeldOptions) => {
        if (options.release === true) return release(context, which, options);
        if (options.dryRun === true || options.yes === true) throw onlyWithRelease();
        const held = await context.node().heldVersions(which);
        context.output.result({ held }, () => heldLines(held));
        return undefined;
      }),
    );
}

async function release(
  { output, node }: VerbContext,
  which: string,
  options: HeldOptions,
): Promise<undefined> {
  const planned = await node().releaseHeld({ folder: which, dryRun: true });
  if (options.dryRun === true || planned.versions === 0) {
    output.result(planned, () => [releaseText(planned), 'Nothing was changed.']);
    return;
  }
  if (options.yes !== true) {
    throw new AppError('needs_confirmation', releaseText(planned), {
      hint: 'Nothing was changed. If it is meant, add --yes.',
    });
  }
  const done = await node().releaseHeld({ folder: which, dryRun: false });
  output.result(done, () => [
    `Let go: ${countText(done.versions, 'version')}, ${sizeText(done.bytes)}.`,
  ]);
}

function releaseText({ versions, bytes, unarchived }: ReleaseResult): string {
  if (versions === 0) return 'Nothing is kept aside.';
  const all = `${countText(versions, 'version')}, ${sizeText(bytes)}, would be let go.`;
  if (unarchived === 0) return `${all} Archives have all of them.`;
  const what =
    unarchived === versions ? 'They are' : `${countText(unarchived, 'of them is', 'of them are')}`;
  return `${all} ${what} not in as many archives as the folder wants: what none has is lost then.`;
}

function onlyWithRelease(): AppError {
  return new AppError('usage', '--dry-run and --yes belong to --release.', {
    hint: 'Nothing was changed.',
  });
}

function heldLines(held: readonly HeldVersion[]): string[] {
  if (held.length === 0) return ['Nothing is kept aside.'];
  return alignedLines(
    held.map((version) => [
      localTimeText(version.since),
      right(sizeText(version.size)),
      version.path,
      version.reason,
    ]),
  );
}

function addConflicts(folder: Command, bind: Bind): void {
  folder
    .command('conflicts')
    .description('list files that were changed in two places at once, and every copy of them')
    .argument('<folder>', 'label or id')
    .action(
      bind(async ({ output, node }, which: string) => {
        const conflicts = await node().conflicts(which);
        output.result({ conflicts }, () =>
          conflicts.length === 0
            ? ['There are no conflict copies.']
            : [
                ...alignedLines(conflicts.flatMap(conflictRows)),
                'Keep what you want under the name that you want, and delete the rest.',
              ],
        );
        return undefined;
      }),
    );
}

function conflictRows({ path, current, copies }: FolderConflict): Cell[][] {
  const original = current === null ? [path, 'not there any more'] : versionCells(current);
  return [original, ...copies.map((copy) => versionCells(copy, '  '))];
}

function versionCells({ path, device, size, time, kind }: ConflictVersion, indent = ''): Cell[] {
  const when = time === null ? kind : localTimeText(time);
  return [indent + path, `by ${device}`, when, right(sizeText(size))];
}

function addProblems(folder: Command, bind: Bind): void {
  folder
    .command('problems')
    .description('list what could not be read or placed here, and what is passed over')
    .argument('<folder>', 'label or id')
    .action(
      bind(async ({ output, node }, which: string) => {
        const problems = await node().problems(which);
        const words = { failed: 'is tried again', 'left-out': 'is left out' } as const;
        output.result({ problems }, () =>
          problems.length === 0
            ? ['All of it could be read and placed.']
            : alignedLines(problems.map(({ path, type, reason }) => [path, reason, words[type]])),
        );
        return undefined;
      }),
    );
}
