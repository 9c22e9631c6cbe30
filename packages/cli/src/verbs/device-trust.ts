/** `holdfast device …`: whose devices they are, and which are out. */
import type { DeviceStatus, RevokedDevice } from '@holdfast/node';
import type { RestClient } from '@holdfast/rest-api';
import { Argument, type Command } from 'commander';
import { chosenMark, type MarkOptions, mineOption, otherOption } from '../mark-option.js';
import { alignedLines, printable } from '../printable-text.js';
import type { Bind } from '../verb.js';

const deviceArgument = ['<device>', 'name, id or the beginning of an id'] as const;

export function addDeviceTrust(device: Command, bind: Bind): void {
  addPending(device, bind);
  addMark(device, bind);
  for (const one of decisions) addDecision(device, bind, one);
}

function addPending(device: Command, bind: Bind): void {
  device
    .command('pending')
    .description('list devices that were introduced and wait for you')
    .action(
      bind(async ({ output, node }) => {
        const devices = await node().pendingDevices();
        output.result({ devices }, () =>
          devices.length === 0
            ? ['No device waits.']
            : alignedLines(devices.map(({ name, by, id }) => [name, `from ${by.join(', ')}`, id])),
        );
        return undefined;
      }),
    );
}

function addMark(device: Command, bind: Bind): void {
  device
    .command('mark')
    .description("say whose a device is: your own, or somebody else's")
    .argument(...deviceArgument)
    .addArgument(new Argument('<whose>').choices(['mine', 'other']))
    .action(
      bind(async ({ output, node }, which: string, whose: string) => {
        const marked = await node().markDevice(which, whose === 'mine');
        output.result(marked, () => [
          whose === 'mine'
            ? `${printable(marked.name)} counts as your own: it may introduce devices, and revoke them.`
            : `${printable(marked.name)} counts as somebody else's.`,
        ]);
        return undefined;
      }),
    );
}

interface Decision {
  readonly name: 'accept' | 'revoke' | 'confirm' | 'lift';
  readonly description: string;
  readonly asksWhose: boolean;
  readonly decide: (
    node: RestClient,
    device: string,
    mine: boolean | undefined,
  ) => Promise<Decided>;
}

interface Decided {
  readonly answer: DeviceStatus;
  readonly lines: string[];
}

const decisions: readonly Decision[] = [
  {
    name: 'accept',
    description: "let in a device that was introduced; as somebody else's, without --mine",
    asksWhose: true,
    decide: async (node, device, mine) => {
      const answer = await node.acceptDevice(device, mine);
      const who = printable(answer.name);
      return { answer, lines: [`${who} may talk to this device. Nothing is shared with it.`] };
    },
  },
  {
    name: 'revoke',
    description: 'a device is lost: nothing goes to it or comes from it any more',
    asksWhose: false,
    decide: async (node, device) => revoked(await node.revokeDevice(device)),
  },
  {
    name: 'confirm',
    description: 'agree with a revocation that another of your devices said',
    asksWhose: false,
    decide: async (node, device) => revoked(await node.confirmDevice(device)),
  },
  {
    name: 'lift',
    description: 'take back a revocation, or disagree with one that another device said',
    asksWhose: true,
    decide: async (node, device, mine) => {
      const answer = await node.liftDevice(device, mine);
      const whose = answer.state === 'mine' ? 'your own' : "somebody else's";
      const line = `${printable(answer.name)} may talk to this device again, as ${whose}.`;
      return { answer, lines: [line] };
    },
  },
];

function revoked(answer: RevokedDevice): Decided {
  return { answer, lines: revokedLines(answer) };
}

function revokedLines({ name, folders, introduced }: RevokedDevice): string[] {
  const held =
    folders.length === 0
      ? 'No folder is shared with it here.'
      : `It keeps what it has of: ${folders.map(printable).join(', ')}. See with: npx holdfast where FOLDER`;
  return [
    `${printable(name)} is revoked: nothing goes to it or comes from it any more. ${held}`,
    'Your other devices suspend it as soon as they hear of it, and wait there for your word.',
    ...(introduced.length === 0
      ? []
      : [
          `Only it introduced ${introduced.map(printable).join(', ')}, which may go on. Revoke what you do not know.`,
        ]),
  ];
}

function addDecision(device: Command, bind: Bind, decision: Decision): void {
  const command = device.command(decision.name).description(decision.description);
  command.argument(...deviceArgument);
  if (decision.asksWhose) command.addOption(mineOption()).addOption(otherOption());
  command.action(
    bind(async ({ output, node }, which: string, options: MarkOptions) => {
      const { answer, lines } = await decision.decide(node(), which, chosenMark(options));
      output.result(answer, () => lines);
      return undefined;
    }),
  );
}
