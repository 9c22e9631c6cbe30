/** One of several processes that share seeds: each message is a seed, each answer a verdict. */
import { judgeSeed } from './seed-verdict.js';

const twice = process.argv.includes('--twice');

process.on('message', (seed) => {
  judgeSeed(String(seed), { twice }).then(
    (verdict) => process.send?.(verdict),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
