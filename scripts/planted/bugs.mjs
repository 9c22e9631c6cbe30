/**
 * Bugs of the kind that loses data, each as small edits of the sources. Every `find` matches exactly
 * once, or the script that plants them fails: the list is mended with the code that it speaks of.
 */
import { applyingBugs } from './applying-bugs.mjs';
import { archiveBugs } from './archive-bugs.mjs';
import { decidingBugs } from './deciding-bugs.mjs';
import { indexBugs } from './index-bugs.mjs';
import { massChangeBugs } from './mass-change-bugs.mjs';
import { rotBugs } from './rot-bugs.mjs';
import { scanningBugs } from './scanning-bugs.mjs';

export const plantedBugs = [
  ...applyingBugs,
  ...scanningBugs,
  ...decidingBugs,
  ...indexBugs,
  ...archiveBugs,
  ...massChangeBugs,
  ...rotBugs,
];
