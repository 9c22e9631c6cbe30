/** `holdfast up`: runs the node in the foreground until a signal, or `holdfast stop`, ends it. */

import type { NodeControl, RunningNode } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import { isLoopbackHost } from '@holdfast/rest-api';
import type { RestServer } from '@holdfast/rest-api/rest-server';
import { openBrowser } from '../browser.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { type NodeRunner, pageDirectory } from '../node-runner.js';
import { printable } from '../printable-text.js';
import type { AddVerb, VerbContext } from '../verb.js';

interface UpOptions {
  readonly name?: string;
  readonly gui?: string;
  readonly listen: readonly string[];
  readonly mdns: boolean;
  readonly browser: boolean;
}

interface Started {
  readonly node: RunningNode;
  readonly control: NodeControl;
  readonly server: RestServer;
}

const defaultGui = { host: '127.0.0.1', port: 8686 };
const defaultListen: readonly string[] = ['/ip4/0.0.0.0/tcp/22600'];
const maxListenAddresses = 16;
const eventWaitMs = 60_000;
const eventsAtOnce = 100;
const eventRetryMs = 1000;

export const addUp =
  (loadRunner: () => Promise<NodeRunner>): AddVerb =>
  (program, bind) => {
    program
      .command('up')
      .description('run the node here, until Ctrl-C')
      .option('--name <name>', "the device's name, where it has none yet")
      .option('--gui <host:port>', 'where the page listens (127.0.0.1:8686; port 0 picks one)')
      .option(
        '--listen <multiaddr>',
        'where other devices reach this one; may be repeated',
        (address: string, before: readonly string[]) => [...before, address],
        [] as readonly string[],
      )
      .option('--no-mdns', 'do not look for devices on the local network, nor be seen there')
      .option('--no-browser', 'do not open the page')
      .action(
        bind(async (context, options: UpOptions) => run(context, options, await loadRunner())),
      );
  };

async function run(
  context: VerbContext,
  options: UpOptions,
  runner: NodeRunner,
): Promise<ExitCode> {
  const asked = stopRequest(context);
  const started = await start(context, options, runner);
  const following = new AbortController();
  try {
    announce(context, options, started);
    const events = context.output.json
      ? printEvents(context, started.control, following.signal)
      : Promise.resolve();
    await Promise.race([asked, started.node.stopped]);
    following.abort();
    await events;
  } finally {
    following.abort();
    await started.node.stop();
  }
  return exitCodes.done;
}

/** Resolves at the first signal; the second ends the process at once. */
function stopRequest({ environment, output }: VerbContext): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    environment.onStopSignal(() => {
      if (asked) environment.exit(exitCodes.interrupted);
      asked = true;
      output.note('Stopping. Once more ends it at once.');
      resolve();
    });
  });
}

async function start(
  { paths }: VerbContext,
  options: UpOptions,
  runner: NodeRunner,
): Promise<Started> {
  const gui = options.gui === undefined ? defaultGui : parseGui(options.gui);
  if (options.listen.length > maxListenAddresses) {
    throw new AppError('usage', `At most ${maxListenAddresses} --listen addresses.`);
  }
  // Not at the top: the other verbs, which load this file too, need no server.
  const { createRestServer } = await import('@holdfast/rest-api/rest-server');
  let serving: { control: NodeControl; server: RestServer } | undefined;
  const node = await runner.runNode({
    home: paths.home,
    name: options.name,
    listen: options.listen.length > 0 ? options.listen : defaultListen,
    listenAsked: options.listen.length > 0,
    mdns: options.mdns,
    gui: { ...gui, asked: options.gui !== undefined },
    pageDirectory,
    serve: (control, { gui: place, ...given }) => {
      const server = createRestServer({ control, ...given, host: place.host, port: place.port });
      serving = { control, server };
      return server;
    },
  });
  if (serving === undefined) {
    await node.stop();
    throw new AppError('page_not_served', 'The node started without its page.');
  }
  return { node, ...serving };
}

function parseGui(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || !(port <= 65_535)) {
    throw new AppError('usage', `--gui must be HOST:PORT, not ${printable(text)}.`, {
      hint: 'For example: --gui 127.0.0.1:8686, or port 0 to pick a free one.',
    });
  }
  return { host, port };
}

function announce(context: VerbContext, options: UpOptions, { node, server }: Started): void {
  const { output } = context;
  if (output.json) {
    const { device, name, gui, addresses, home, warnings } = node;
    output.document({ event: 'ready', device, name, gui, addresses, home, warnings });
    return;
  }
  const link = server.createLoginLink().url;
  if (!output.quiet) {
    output.lines([
      `${output.strong(printable(node.name))} is up.`,
      '',
      `  Device  ${node.device}`,
      `  Page    ${link}`,
      '          (opens once, for ten minutes; npx holdfast page prints another)',
      '',
      'Next, from another terminal:',
      '  npx holdfast folder add PATH     keep a folder',
      '  npx holdfast device invite       pair another device',
      '',
      'Ctrl-C stops it.',
    ]);
  }
  for (const warning of node.warnings) output.warning(warning);
  if (!isLoopbackHost(new URL(node.gui).hostname)) {
    output.warning('The page can be reached from the network, and travels unencrypted.');
  }
  if (options.browser) openBrowser(link, context);
}

/** Every event of the node as a line, until the signal. */
async function printEvents(
  { environment, output }: VerbContext,
  control: NodeControl,
  signal: AbortSignal,
): Promise<void> {
  let since = 0;
  while (!signal.aborted) {
    try {
      const request = { since, limit: eventsAtOnce, waitMs: eventWaitMs, signal };
      for (const { id, time, type, data } of await control.events(request)) {
        output.document({ event: type, id, time, data });
        since = id;
      }
    } catch (error) {
      if (signal.aborted) return;
      output.document({ event: 'events-failed', reason: String(error) });
      await new Promise<void>((resolve) => {
        const timer = environment.clock.setTimer(eventRetryMs, resolve);
        signal.addEventListener('abort', () => {
          timer.cancel();
          resolve();
        });
      });
    }
  }
}
