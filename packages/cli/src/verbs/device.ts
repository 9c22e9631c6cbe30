/** `holdfast device …`: pairing with other devices and what this one knows of them. */
import type { DeviceStatus } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import { Argument, type Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { deviceRows } from '../device-text.js';
import { chosenMark, type MarkOptions, mineOption, otherOption } from '../mark-option.js';
import { alignedLines, localTimeText, printable } from '../printable-text.js';
import { type AddVerb, type Bind, duration } from '../verb.js';
import { addDeviceTrust } from './device-trust.js';

export const addDevice: AddVerb = (program, bind) => {
  const device = program.command('device').description('other devices');
  addInvite(device, bind);
  addJoin(device, bind);
  addList(device, bind);
  addChanges(device, bind);
  addDeviceTrust(device, bind);
};

interface InviteOptions extends MarkOptions {
  readonly expires?: number;
}

function addInvite(device: Command, bind: Bind): void {
  device
    .command('invite')
    .description('print an invite that another device joins with')
    .option('--expires <duration>', 'how long it may be used (15m)', duration)
    .addOption(mineOption())
    .addOption(otherOption())
    .action(
      bind(async ({ output, node, environment }, options: InviteOptions) => {
        const made = await node().invite({
          expiresMs: options.expires,
          mine: chosenMark(options) ?? true,
        });
        if (output.json) {
          output.document(made);
          return undefined;
        }
        if (output.quiet || !environment.stdoutIsTerminal) {
          output.lines([made.invite]);
          return undefined;
        }
        output.lines([
          renderUnicodeCompact(made.invite, { border: 2 }),
          'On the other device, run:',
          '',
          `  npx holdfast device join ${made.invite}`,
          '',
          `It can be used once, until ${localTimeText(made.expires)}. Keep it to yourself.`,
          made.mine
            ? 'It is for a device of your own, which may introduce and revoke others. For somebody else: --other'
            : 'It is for a device of somebody else.',
        ]);
        return undefined;
      }),
    );
}

function addJoin(device: Command, bind: Bind): void {
  device
    .command('join')
    .description('pair with the device that made an invite')
    .argument('<invite>', 'holdfast:…')
    .addOption(mineOption())
    .addOption(otherOption())
    .action(
      bind(async ({ output, node }, invite: string, options: MarkOptions) => {
        const joined = await node().join(invite, chosenMark(options));
        output.result(joined, () => [
          joined.mine
            ? `Paired with ${printable(joined.name)}, as one of your own devices: your devices get to know each other.`
            : `Paired with ${printable(joined.name)}, as a device of somebody else.`,
          `Share a folder with it: npx holdfast folder share FOLDER ${printable(joined.name)}`,
        ]);
        return undefined;
      }),
    );
}

function addList(device: Command, bind: Bind): void {
  device
    .command('list')
    .description('list the paired devices')
    .action(
      bind(async ({ output, node, environment }) => {
        const devices = await node().devices();
        output.result({ devices }, () =>
          devices.length === 0
            ? ['No device is paired. Pair one with: npx holdfast device invite']
            : alignedLines(deviceRows(devices, environment.clock.now())),
        );
        return undefined;
      }),
    );
}

function addChanges(device: Command, bind: Bind): void {
  device
    .command('rename')
    .description('call a device something else, here')
    .argument('<device>', 'name, id or the beginning of an id')
    .argument('<name>')
    .action(
      bind(async ({ output, node }, which: string, name: string) => {
        const renamed = await node().renameDevice(which, name);
        output.result(renamed, () => [`It is called ${printable(renamed.name)} now.`]);
        return undefined;
      }),
    );
  device
    .command('remove')
    .description('forget a device, here')
    .argument('<device>', 'name, id or the beginning of an id')
    .action(
      bind(async ({ output, node }, which: string) => {
        await node().removeDevice(which);
        output.result({ device: which, removed: true }, () => [
          `${printable(which)} is forgotten here, and is not introduced again. Files stay where they are.`,
        ]);
        return undefined;
      }),
    );
  device
    .command('address')
    .description('where a device can be reached')
    .argument('<device>', 'name, id or the beginning of an id')
    .addArgument(new Argument('<change>').choices(['add', 'remove']))
    .argument('<multiaddr>', 'such as /ip4/192.168.1.7/tcp/22600')
    .action(
      bind(async ({ output, node }, which: string, change: string, address: string) => {
        const changed = await changeAddress(node(), which, change, address);
        output.result(changed, () => [
          `${printable(changed.name)}: ${changed.addresses.map(printable).join(', ') || 'no address'}`,
        ]);
        return undefined;
      }),
    );
}

interface AddressBook {
  addDeviceAddress(device: string, address: string): Promise<DeviceStatus>;
  removeDeviceAddress(device: string, address: string): Promise<DeviceStatus>;
}

function changeAddress(
  book: AddressBook,
  device: string,
  change: string,
  address: string,
): Promise<DeviceStatus> {
  if (!address.startsWith('/')) {
    throw new AppError('usage', `${printable(address)} is not a multiaddr.`, {
      hint: 'It looks like /ip4/192.168.1.7/tcp/22600 or /dns4/pi.example/tcp/22600.',
    });
  }
  return change === 'add'
    ? book.addDeviceAddress(device, address)
    : book.removeDeviceAddress(device, address);
}
