/**
 * `holdfast install-service` and `uninstall-service`: write, explain and take back what makes the
 * system run the node. Neither starts or stops anything: the commands for that are said.
 */
import { realpathSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { AppError, fileErrorCode } from '@holdfast/platform';
import { type Command, Option } from 'commander';
import { printable, wrapped } from '../printable-text.js';
import { launchAgent } from '../service/launch-agent.js';
import { launchNotes } from '../service/launch-notes.js';
import {
  type NextStep,
  type Service,
  type ServiceFacts,
  type ServicePlatform,
  servicePlatforms,
} from '../service/service.js';
import {
  removeService,
  requireInstalled,
  textIfPresent,
  writeService,
} from '../service/service-file.js';
import { systemdUnit } from '../service/systemd-unit.js';
import { windowsTask } from '../service/windows-task.js';
import { type AddVerb, absolutePath, type VerbContext } from '../verb.js';

interface ServiceOptions {
  readonly system?: boolean;
  readonly dryRun?: boolean;
  readonly platform?: ServicePlatform;
  readonly writable?: readonly string[];
}

const columns = 80;

const makers: Readonly<Record<ServicePlatform, (facts: ServiceFacts) => Service>> = {
  linux: systemdUnit,
  macos: launchAgent,
  windows: windowsTask,
};

const examples = `
Examples:
  npx holdfast install-service --dry-run      see what would be written
  npx holdfast install-service --writable /mnt/usb
  sudo npx holdfast --home "$HOME/.local/share/holdfast" install-service --system`;

export const addService: AddVerb = (program, bind) => {
  const install = program
    .command('install-service')
    .description('write what makes the system run the node, and say what to type next')
    .option('--writable <dir...>', 'where folders will be kept that are not kept yet')
    .addHelpText('after', examples);
  withPlace(install).action(
    bind(async (context, options: ServiceOptions) => {
      const service = makers[platformOf(options)](await serviceFacts(context, options));
      const isDry = isOnlySaid(options);
      if (!isDry) writeService(service);
      tellInstalled(context, service, isDry);
      return undefined;
    }),
  );
  const uninstall = program
    .command('uninstall-service')
    .description('take back what install-service wrote; the home and all files stay');
  withPlace(uninstall).action(
    bind(async (context, options: ServiceOptions) => {
      const service = makers[platformOf(options)](plainFacts(context, options));
      requireInstalled(service);
      const isDry = isOnlySaid(options);
      if (!isDry) removeService(service);
      tellRemoved(context, service, isDry);
      return undefined;
    }),
  );
};

function withPlace(command: Command): Command {
  return command
    .option('--system', 'for the whole machine, from its start on, instead of for one user')
    .option('--dry-run', 'only say what would happen')
    .addOption(
      new Option('--platform <platform>', 'what runs it (this system)').choices(servicePlatforms),
    );
}

const platformNames: Readonly<Record<string, ServicePlatform>> = {
  darwin: 'macos',
  win32: 'windows',
};

const thisPlatform = platformNames[process.platform] ?? 'linux';

function platformOf({ platform }: ServiceOptions): ServicePlatform {
  return platform ?? thisPlatform;
}

/** What another system would have is never written here. */
function isOnlySaid(options: ServiceOptions): boolean {
  return options.dryRun === true || platformOf(options) !== thisPlatform;
}

/** What suffices to know where it lies. */
function plainFacts({ environment, paths }: VerbContext, options: ServiceOptions): ServiceFacts {
  const { variables, launch } = environment;
  const platform = platformOf(options);
  const person = variables.HOME || homedir();
  const xdg = variables.XDG_CONFIG_HOME;
  const linux = xdg?.startsWith('/') ? xdg : join(person, '.config');
  return {
    launch,
    home: paths.home,
    writable: [],
    isSystem: options.system === true,
    owner: '',
    configuration: platform === 'macos' ? join(person, 'Library') : linux,
  };
}

/** Throws `home_missing`, and what says why a home cannot be opened. */
async function serviceFacts(context: VerbContext, options: ServiceOptions): Promise<ServiceFacts> {
  const { home, store } = context.paths;
  const { inspectHome } = await context.loadRunner();
  const { isMade, fault, config } = await inspectHome(home);
  if (!isMade) {
    throw new AppError('home_missing', `There is no node's home in ${home}.`, {
      hint: 'Nothing was written. Name it with --home, or make it first: npx holdfast init',
    });
  }
  if (fault !== undefined) throw new AppError('home_unusable', fault.message, { hint: fault.hint });
  const folders = (config?.folders ?? []).flatMap(({ path }) => path ?? []);
  const asked = (options.writable ?? []).map((path) => absolutePath(context, path));
  const elsewhere = [store, ...asked].flatMap((path) => realPath(path) ?? []);
  return {
    ...plainFacts(context, options),
    writable: [...folders, ...asked, ...elsewhere],
    owner: ownerOf(home),
  };
}

/** What a symlink leads to; undefined where there is nothing yet. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (fileErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}

/** The name of the home's user, or the number where no list has it. */
function ownerOf(home: string): string {
  const { uid } = statSync(home);
  const list = uid === process.getuid?.() ? undefined : textIfPresent('/etc/passwd');
  if (list === undefined) return userInfo().username;
  const entries = list.split('\n').map((line) => line.split(':'));
  return entries.find((fields) => fields[2] === String(uid))?.[0] ?? String(uid);
}

function tellInstalled({ environment, output }: VerbContext, service: Service, isDry: boolean) {
  const { path, text, about, start, stop } = service;
  const notes = launchNotes(environment.launch);
  const steps = start.map(({ command }) => command);
  output.result({ path, written: !isDry, text, notes: [...about, ...notes], next: steps }, () => [
    ...(isDry
      ? [`This would be written to ${path}:`, '', printableLines(text)]
      : [`${path} was written.`]),
    ...[...about, ...notes].flatMap((sentence) => wrapped(printable(sentence), columns)),
    '',
    'Next:',
    ...stepLines(start),
    '',
    'To take it back: npx holdfast uninstall-service, then',
    ...stepLines(stop),
  ]);
}

function tellRemoved({ output }: VerbContext, { path, stop }: Service, isDry: boolean): void {
  const next = stop.map(({ command }) => command);
  output.result({ path, removed: !isDry, next }, () => [
    isDry ? `${path} would be removed.` : `${path} was removed. The home and all files stay.`,
    '',
    'Next:',
    ...stepLines(stop),
  ]);
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function stepLines(steps: readonly NextStep[]): string[] {
  return steps.flatMap(({ command, why }) => [`  ${command}`, `      ${why}`]);
}
