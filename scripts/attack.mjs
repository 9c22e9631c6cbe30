/**
 * Attacks on real nodes on this machine, for anyone to run. Each says what it found and ends with 1
 * where a promise is broken.
 *
 *   npm run attack -- stranger
 *   npm run attack -- flood [--seconds N]
 */
import { parseArgs } from 'node:util';

const attacks = {
  stranger: () => import('./attack/stranger.mjs'),
  flood: () => import('./attack/flood.mjs'),
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '60' } },
});
const load = attacks[positionals[0]];
if (load === undefined) {
  console.error(`usage: npm run attack -- ${Object.keys(attacks).join('|')}`);
  process.exit(2);
}
const { attack } = await load();
const broken = await attack({ seconds: Number(flags.seconds) });
for (const what of broken) console.error(`BROKEN: ${what}`);
console.log(broken.length === 0 ? 'every promise holds' : `${broken.length} promises are broken`);
process.exit(broken.length === 0 ? 0 : 1);
