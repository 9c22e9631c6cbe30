/** `holdfast folder …`: keeping, sharing and accepting folders. */
import type { FolderMode } from '@holdfast/node';
import { type Command, Option } from 'commander';
import { folderLines } from '../folder-text.js';
import { alignedLines, printable } from '../printable-text.js';
import { shellWord } from '../shell-word.js';
import { type AddVerb, absolutePath, type Bind } from '../verb.js';
import { addFolderCare } from './folder-care.js';
import { addFolderIgnore } from './folder-ignore.js';
import { addFolderKept } from './folder-kept.js';
import { addFolderModes } from './folder-mode.js';

interface AddOptions {
  readonly label?: string;
  readonly mode?: FolderMode;
}

interface AcceptOptions {
  readonly mode?: FolderMode;
  readonly archive?: boolean;
}

const modeOption = (): Option =>
  new Option('--mode <mode>', 'which way changes travel').choices([
    'send-receive',
    'send-only',
    'receive-only',
  ]);

export const addFolder: AddVerb = (program, bind) => {
  const folder = program.command('folder').description('the folders that are kept here');
  addKeeping(folder, bind);
  addSharing(folder, bind);
  addAccepting(folder, bind);
  addFolderCare(folder, bind);
  addFolderIgnore(folder, bind);
  addFolderKept(folder, bind);
  addFolderModes(folder, bind);
};

function addKeeping(folder: Command, bind: Bind): void {
  folder
    .command('add')
    .description('keep an existing directory')
    .argument('<path>')
    .option('--label <label>', 'what to call it (its last name)')
    .addOption(modeOption())
    .action(
      bind(async (context, path: string, options: AddOptions) => {
        const { output, node } = context;
        const { label, mode } = options;
        const added = await node().addFolder({ path: absolutePath(context, path), label, mode });
        output.result(added, () => [
          `${printable(added.label)} is kept now (${printable(added.path)}).`,
          `Share it: npx holdfast folder share ${shellWord(printable(added.label))} DEVICE`,
          ...added.notes.map((note) => `Note: ${printable(note)}`),
        ]);
        return undefined;
      }),
    );
  folder
    .command('list')
    .description('list the folders')
    .action(
      bind(async ({ output, node, environment }) => {
        const folders = await node().folders();
        output.result({ folders }, () =>
          folders.length === 0
            ? ['No folder is kept. Keep one with: npx holdfast folder add PATH']
            : folderLines(folders, environment.clock.now()),
        );
        return undefined;
      }),
    );
}

function addSharing(folder: Command, bind: Bind): void {
  folder
    .command('share')
    .description('share a folder with a device')
    .argument('<folder>', 'label or id')
    .argument('<device>', 'name or id')
    .action(
      bind(async ({ output, node }, which: string, device: string) => {
        await node().shareFolder(which, device);
        output.result({ folder: which, device, shared: true }, () => [
          `${printable(which)} is shared with ${printable(device)}.`,
          `There, run: npx holdfast folder accept ${shellWord(printable(which))} PATH (or --archive)`,
        ]);
        return undefined;
      }),
    );
  folder
    .command('unshare')
    .description('stop sharing a folder with a device')
    .argument('<folder>', 'label or id')
    .argument('<device>', 'name or id')
    .action(
      bind(async ({ output, node }, which: string, device: string) => {
        await node().unshareFolder(which, device);
        output.result({ folder: which, device, shared: false }, () => [
          `${printable(which)} is no longer shared with ${printable(device)}. Files stay on both.`,
        ]);
        return undefined;
      }),
    );
}

function addAccepting(folder: Command, bind: Bind): void {
  folder
    .command('offers')
    .description('list the folders that other devices offer')
    .action(
      bind(async ({ output, node }) => {
        const offers = await node().folderOffers();
        output.result({ offers }, () =>
          offers.length === 0
            ? ['No folder is offered.']
            : alignedLines(
                offers.map((offer) => [
                  offer.label,
                  `from ${offer.devices.map((device) => device.name).join(', ')}`,
                  offer.known ? 'kept here already' : '',
                  offer.id,
                ]),
              ),
        );
        return undefined;
      }),
    );
  folder
    .command('accept')
    .description('take an offered folder: as files at PATH, with --archive its history, or both')
    .argument('<folder>', 'label or id')
    .argument('[path]')
    .addOption(modeOption())
    .option('--archive', 'keep its history here')
    .action(
      bind(async (context, which: string, path: string | undefined, options: AcceptOptions) => {
        // Neither is right where the folder is kept here already: the node decides.
        const accepted = await context.node().acceptFolder({
          folder: which,
          path: path === undefined ? undefined : absolutePath(context, path),
          mode: options.mode,
          archive: options.archive === true,
        });
        context.output.result(accepted, () => acceptedLines(which, accepted));
        return undefined;
      }),
    );
}

function acceptedLines(
  asked: string,
  accepted: {
    id: string;
    label: string;
    path: string | null;
    archive: boolean;
    notes: readonly string[];
  },
): string[] {
  const place = accepted.path === null ? '' : ` at ${printable(accepted.path)}`;
  const history = accepted.archive ? ', with its history' : '';
  const renamed = accepted.label !== asked && accepted.id !== asked;
  return [
    `${printable(accepted.label)} is kept${place}${history}.`,
    ...(renamed ? [`It is called ${printable(accepted.label)} here.`] : []),
    ...accepted.notes.map((note) => `Note: ${printable(note)}`),
  ];
}
