/** `holdfast wait`: returns when everything is in sync, or archived. */
import { type AddVerb, seconds } from '../verb.js';
import { showWaitProgress } from '../wait-progress.js';

interface WaitOptions {
  readonly archived?: boolean;
  readonly timeout?: number;
}

export const addWait: AddVerb = (program, bind) => {
  program
    .command('wait')
    .description('return when a folder, or every folder, is in sync')
    .argument('[folder]', 'label or id')
    .option('--archived', 'and every version here is covered by archives')
    .option('--timeout <seconds>', 'give up after this long (exit code 1)', seconds)
    .action(
      bind(
        async ({ output, node, environment }, folder: string | undefined, options: WaitOptions) => {
          const archived = options.archived === true;
          const timeoutMs = options.timeout === undefined ? undefined : options.timeout * 1000;
          output.note('Waiting. Ctrl-C ends only the waiting.');
          const control = node();
          const ended = new AbortController();
          const write = (line: string) => output.progress(line);
          const init = { node: control, clock: environment.clock, folder, write };
          const shown = output.showsProgress
            ? showWaitProgress(init, ended.signal)
            : Promise.resolve();
          const waited = async () => {
            try {
              await control.wait({ folder, archived, timeoutMs });
            } finally {
              ended.abort();
              await shown;
            }
          };
          await Promise.all([waited(), shown]);
          output.result({ inSync: true, folder: folder ?? null, archived }, () => [
            archived ? 'In sync, and everything here is archived.' : 'In sync.',
          ]);
          return undefined;
        },
      ),
    );
};
