/**
 * `holdfast completion SHELL` prints a script for a shell; the script asks the hidden `__complete`,
 * which answers with one line for the shell (`:files` and `:directories` ask for its own), then one
 * `value<TAB>description` for each candidate. It never fails and never says anything else.
 */
import { Argument, type Command } from 'commander';
import { completeWords } from '../completion/complete-words.js';
import { knownNames } from '../completion/known-names.js';
import { completionScript, type Shell, shells } from '../completion/shell-scripts.js';
import { homePaths, resolveHome } from '../home-directory.js';
import { connectToNode } from '../node-connection.js';
import type { AddVerb, VerbContext } from '../verb.js';

const howTo = `
Examples:
  bash, in ~/.bashrc:             eval "$(npx holdfast completion bash)"
  zsh, in ~/.zshrc, after compinit: eval "$(npx holdfast completion zsh)"
  fish, once:  npx holdfast completion fish > ~/.config/fish/completions/holdfast.fish
With a running node, folders, devices and paths of history are completed, too.`;

export const addCompletion: AddVerb = (program, bind) => {
  program
    .command('completion')
    .description('print what makes a shell complete holdfast with the Tab key')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', howTo)
    .action(
      bind(async ({ environment }, shell: Shell) => {
        environment.stdout.write(completionScript(shell, environment.launch));
        return undefined;
      }),
    );
  program
    .command('__complete', { hidden: true })
    .description('what can come next after these words')
    .option('--quoted', 'the words are as they were typed')
    .argument('[words...]')
    .action(
      bind(async (context, words: readonly string[], { quoted }: { quoted?: boolean }) => {
        const plain = quoted === true ? words.map(unquoted) : words;
        context.output.lines(await answer(context, program, plain));
        return undefined;
      }),
    );
};

async function answer(
  { environment }: VerbContext,
  program: Command,
  words: readonly string[],
): Promise<string[]> {
  const { candidates, values, typed, before, home } = completeWords(program, words);
  const { variables, workingDirectory, clock } = environment;
  const paths = homePaths(resolveHome(home, variables, workingDirectory));
  const node = () => connectToNode(paths, environment).client;
  const found = [...candidates, ...(await knownNames(values, typed, node, clock))];
  const kind = values === 'files' || values === 'directories' ? values : 'words';
  const lines = found.map(({ value, description }) => `${before}${value}\t${description}`);
  return [`:${kind}`, ...lines];
}

/** A word as bash has it in COMP_WORDS: with its backslashes, and a quote that may be open still. */
function unquoted(word: string): string {
  const quote = /^['"]/.exec(word)?.[0];
  if (quote === undefined) return word.replace(/\\(.)/g, '$1');
  return word.slice(1).replace(new RegExp(`${quote}$`), '');
}
