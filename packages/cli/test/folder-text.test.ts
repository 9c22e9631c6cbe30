/** What people read of a folder: it must be true, and what is to be typed must work as it stands. */
import { expect, test } from 'vitest';
import { exampleFolder } from '../../rest-api/test/fake-node-control.js';
import { folderLines } from '../src/folder-text.js';

const nowMs = Date.parse(exampleFolder.lastArchived ?? '') + 5_000;

test('a command that is shown can be typed as it stands, whatever the folder is called', () => {
  const kept = { conflictCopies: 2, problemFiles: 1, leftOutFiles: 1 };
  const folder = { ...exampleFolder, ...kept, label: "Tom's letters & more" };
  const shown = folderLines([folder], nowMs).join('\n');
  const word = "'Tom'\\''s letters & more'";
  expect(shown).toContain(`holdfast folder conflicts ${word}`);
  expect(shown).toContain(`holdfast folder problems ${word}`);
});

test('while one version waits, it is not said that nothing is archived', () => {
  const folder = { ...exampleFolder, copies: 0, unarchivedFiles: 1 };
  expect(folderLines([folder], nowMs)[0]).toContain('not all archived, just now');
  const [never] = folderLines([{ ...folder, lastArchived: null }], nowMs);
  expect(never).toContain('not archived');
});
