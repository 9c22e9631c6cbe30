/** `holdfast init`: gives this device its identity and its home. */
import type { NodeRunner } from '../node-runner.js';
import { printable } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

export const addInit =
  (loadRunner: () => Promise<NodeRunner>): AddVerb =>
  (program, bind) => {
    program
      .command('init')
      .description('give this device its identity and its home')
      .option('--name <name>', "the device's name, for people")
      .action(
        bind(async ({ output, paths }, options: { name?: string }) => {
          const runner = await loadRunner();
          const made = await runner.initHome({ home: paths.home, name: options.name });
          output.result(made, () => [
            `This device is ${printable(made.name)}. Its home is ${made.home}.`,
            'Start it with: npx holdfast up',
          ]);
          return undefined;
        }),
      );
  };
