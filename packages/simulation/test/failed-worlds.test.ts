/**
 * Every seed that ever failed, with what it found. After a change a seed is another world, so what it
 * found in a package is pinned by a test there as well; here nothing that failed once is forgotten.
 */
import { runSeed } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

const failed: Readonly<Record<string, readonly string[]>> = {
  "a directory in the ignore file's place stops its folder, and a person puts it elsewhere": [
    'ignore-210828487',
    'ignore-210828509',
  ],
  'patterns that their user made durable are there after the power went': [
    'ignore-500000',
    'ignore-500001',
  ],
  'a person reverts a folder once an archive has its first files': ['modes-440008'],
  'what was about to be replaced when a folder sent again is shared where it stays': [
    'modes-440035',
  ],
  'a rejection brings back what had only moved, where its new place went as well': [
    'mass-440007',
    'mass-440008',
    'mass-440025',
  ],
  'nobody waits for what was ignored, is gone, and was only there': [
    'ignore-470004',
    'ignore-490003',
  ],
  'two devices that lose what they ignored do not count on each other for it': ['ignore-950014'],
  'what is set aside is let go where its folder was stopped when its time came': ['ignore-810004'],
  'a directory in which a device has what others cannot hold goes with it': ['fold-500010'],
  'what was ignored when its directory went comes back once it is not ignored any more': [
    'ignore-490009',
  ],
  'what (?d) lets go may go with its directory': ['ignore-480008'],
  'what its user moved without a sync may go with the power': ['modes-470006'],
  'what a mirror put back after a rejection, and shows no more, counts no more': ['mass-820000'],
  'a mirror goes back with its archive from a deletion': ['old-850015'],
  'a rejection is for what was done after the clock was set back': ['mass-850009'],
  'a revert does not wait for what nobody has': ['modes-950041'],
  'a rejection does not wait for what nobody has': ['mass-440028', 'mass-470008'],
  'what stands where a directory was waits with what the directory held': [
    'mass-860019',
    'mass-1100013',
  ],
  'a full look comes by what was missed below what is no directory': ['mass-1100029'],
  'a rejection reaches what was confirmed and is being placed': ['mass-1100005'],
  'what comes back after a rejection is asked of somebody who has it': ['mass-27'],
  'what comes back beside its path stays aside where its user replaces it at once': [
    'fold-1300080',
  ],
  'a user may write a part of an ignored file before the disk is full': ['ignore-4000018'],
  'a rejected directory that others made anew stays in a mirror, too': ['mass-4000101'],
  'a rejection after the clock was set back brings back what was confirmed before': [
    'mass-4000134',
  ],
  'a large file that comes back after a rejection gets its directory back': ['mass-3200146'],
  'a segment that ended on a full disk gets its end mark before it can rot': ['rot-1300095'],
};

describe.each(Object.entries(failed))('%s', (_, seeds) => {
  test.each(seeds)('in the world %s every promise holds', async (seed) => {
    const command = `npm run simulate -- --seed ${seed}`;
    await expect(runSeed(seed), command).resolves.toMatchObject({ seed });
  });
});
