/** `holdfast status`: this device, its folders and the other devices. */
import type { NodeStatus } from '@holdfast/node';
import { deviceRows } from '../device-text.js';
import { folderLines } from '../folder-text.js';
import type { Output } from '../output.js';
import { alignedLines, printable } from '../printable-text.js';
import type { NameOf } from '../progress-text.js';
import type { AddVerb } from '../verb.js';

export const addStatus: AddVerb = (program, bind) => {
  program
    .command('status')
    .description('say how this device, its folders and its peers are')
    .action(
      bind(async ({ output, node, environment }) => {
        const status = await node().status();
        output.result(status, () => statusLines(status, environment.clock.now(), output));
        return undefined;
      }),
    );
};

/** What a device is called here. */
function nameIn({ devices }: NodeStatus): NameOf {
  return (id) => devices.find((device) => device.id === id)?.name ?? id;
}

function statusLines(status: NodeStatus, nowMs: number, output: Output): string[] {
  const folders =
    status.folders.length === 0
      ? ['  None yet. Keep one with: npx holdfast folder add PATH']
      : folderLines(status.folders, nowMs, '  ', nameIn(status));
  const devices =
    status.devices.length === 0
      ? ['  None yet. Pair one with: npx holdfast device invite']
      : alignedLines(deviceRows(status.devices, nowMs), '  ');
  return [
    `${output.strong(printable(status.name))}  ${status.device}`,
    `The page is at ${status.gui}; npx holdfast page prints a link that opens it.`,
    '',
    output.strong('Folders'),
    ...folders,
    '',
    output.strong('Devices'),
    ...devices,
  ];
}
