/** The command line as a function: arguments in, exit code out. Verbs are listed here, once. */
import { AppError } from '@holdfast/platform';
import { Command, CommanderError } from 'commander';
import type { Environment } from './environment.js';
import { addExamples } from './examples.js';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.js';
import { homePaths, resolveHome } from './home-directory.js';
import { connectToNode, type NodeConnection } from './node-connection.js';
import { loadNodeRunner, type NodeRunner } from './node-runner.js';
import { Output } from './output.js';
import { processEnvironment } from './process-environment.js';
import { softwareVersion } from './software-version.js';
import type { AddVerb, Bind, VerbContext } from './verb.js';
import { addArchive } from './verbs/archive.js';
import { addCat } from './verbs/cat.js';
import { addCompletion } from './verbs/completion.js';
import { addDevice } from './verbs/device.js';
import { addDiff } from './verbs/diff.js';
import { addDoctor } from './verbs/doctor.js';
import { addDrill } from './verbs/drill.js';
import { addFolder } from './verbs/folder.js';
import { addInit } from './verbs/init.js';
import { addService } from './verbs/install-service.js';
import { addLog } from './verbs/log.js';
import { addLs } from './verbs/ls.js';
import { addPage } from './verbs/page.js';
import { addPaths } from './verbs/paths.js';
import { addRestore } from './verbs/restore.js';
import { addStatus } from './verbs/status.js';
import { addStop } from './verbs/stop.js';
import { addUndo } from './verbs/undo.js';
import { addUp } from './verbs/up.js';
import { addVerify } from './verbs/verify.js';
import { addWait } from './verbs/wait.js';
import { addWhere } from './verbs/where.js';

export interface GlobalOptions {
  readonly home?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Runs one command; every failure becomes an exit code and a message. */
export async function runCommandLine(
  given: readonly string[],
  environment: Environment,
  loadRunner: () => Promise<NodeRunner> = loadNodeRunner,
): Promise<ExitCode> {
  const program = new Command('holdfast');
  let exitCode: ExitCode = exitCodes.done;
  // No option of the program: `cat --version V` means a version of a file.
  if (given.length === 1 && given[0] === '--version') {
    environment.stdout.write(`${softwareVersion()}\n`);
    return exitCode;
  }
  const bind: Bind =
    (perform) =>
    async (...args) => {
      const context = createContext(environment, program.opts<GlobalOptions>(), loadRunner);
      exitCode = (await perform(context, ...args)) ?? exitCodes.done;
    };
  describeProgram(program, environment);
  for (const addVerb of verbs(loadRunner)) addVerb(program, bind);
  addExamples(program);
  prepareErrors(program, environment);
  try {
    await program.parseAsync([...given], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, given, program, environment);
  }
}

/** The entry of the executable: this process's arguments and streams. */
export async function main(): Promise<number> {
  return runCommandLine(process.argv.slice(2), processEnvironment());
}

function verbs(loadRunner: () => Promise<NodeRunner>): readonly AddVerb[] {
  return [
    addInit(loadRunner),
    addUp(loadRunner),
    addStop,
    addStatus,
    addWait,
    addPage,
    addPaths,
    addDoctor,
    addCompletion,
    addService,
    addDevice,
    addFolder,
    addLog,
    addLs,
    addCat,
    addDiff,
    addWhere,
    addRestore,
    addUndo,
    addArchive,
    addVerify,
    addDrill,
  ];
}

function describeProgram(program: Command, environment: Environment): void {
  program
    .description('Sync your folders between your devices, and never forget.')
    .option('--home <dir>', 'everything of one node (or HOLDFAST_HOME)')
    .option('--json', 'answer in JSON')
    .option('--quiet', 'print nothing but what was asked for')
    .helpOption('-h, --help', 'print help')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nholdfast --version prints the version.' +
        '\nTIME is ISO 8601, "2h" or "3d" ago, "yesterday 14:00", or a position such as STORE#1234.' +
        '\nPATH in history is FOLDER or FOLDER/dir/file.',
    );
  program.configureOutput({
    writeOut: (text) => environment.stdout.write(text),
    // Errors of usage are printed by `report`, in the form that was asked for.
    writeErr: () => {},
  });
}

/** commander inherits these only for commands that are made after they were set. */
function prepareErrors(command: Command, environment: Environment): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => environment.stdout.write(text),
    writeErr: () => {},
  });
  for (const child of command.commands) prepareErrors(child, environment);
}

function createContext(
  environment: Environment,
  options: GlobalOptions,
  loadRunner: () => Promise<NodeRunner>,
): VerbContext {
  const home = resolveHome(options.home, environment.variables, environment.workingDirectory);
  const paths = homePaths(home);
  const connection = (): NodeConnection => connectToNode(paths, environment);
  return {
    environment,
    paths,
    output: new Output(environment, {
      json: options.json === true,
      quiet: options.quiet === true,
    }),
    connection,
    node: () => connection().client,
    loadRunner,
  };
}

function report(
  error: unknown,
  given: readonly string[],
  program: Command,
  environment: Environment,
): ExitCode {
  const output = new Output(environment, {
    // The arguments may have failed to parse before the flag was reached.
    json: given.includes('--json'),
    quiet: false,
  });
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    output.error(usageError(error, program));
    return exitCodes.usage;
  }
  output.error(error);
  return error instanceof AppError ? exitCodeOf(error.code) : exitCodes.failed;
}

function usageError(error: CommanderError, program: Command): AppError {
  if (error.code === 'commander.help') {
    const shown = program.createHelp().visibleCommands(program);
    const names = shown.map((command) => command.name()).join(', ');
    return new AppError('usage', `A command is missing. There are: ${names}.`, {
      hint: 'See: npx holdfast --help',
    });
  }
  const [message = '', meant = ''] = error.message.replace(/^error: /, '').split('\n');
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  // commander says what may have been meant on a line of its own, in parentheses.
  const suggestion = meant === '' ? '' : `${meant.replace(/^\(|\)$/g, '')} `;
  return new AppError('usage', sentence.replace(/([^.])$/, '$1.'), {
    hint: `${suggestion}See: npx holdfast --help`,
  });
}
