/** `holdfast stop`: ends the running node and waits until it is gone. */
import { AppError, sleep } from '@holdfast/platform';
import type { AddVerb } from '../verb.js';

const pollMs = 50;
const patienceMs = 60_000;

export const addStop: AddVerb = (program, bind) => {
  program
    .command('stop')
    .description('stop the running node')
    .action(
      bind(async (context) => {
        const { client, pid } = context.connection();
        const { clock, processLives } = context.environment;
        await client.shutdown();
        const until = clock.monotonic() + patienceMs;
        while (processLives(pid)) {
          if (clock.monotonic() > until) {
            throw new AppError('stop_slow', `The node (process ${pid}) is still finishing.`, {
              hint: 'It was asked to stop and will; a second signal ends it at once.',
            });
          }
          await sleep(clock, pollMs);
        }
        context.output.result({ stopped: true }, () => ['The node has stopped.']);
        return undefined;
      }),
    );
};
