import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeShell, type FakeShell } from './fake-environment.js';

let shell: FakeShell;
beforeEach(() => {
  shell = createFakeShell();
});
afterEach(() => shell.remove());

async function helpOf(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await shell.run([...words, '--help']);
  expect([words, code, err]).toEqual([words, 0, '']);
  return out;
}

/** Verbs that a help lists. */
function listed(help: string): readonly string[] {
  const [, commands = ''] = help.split(/^Commands:$/m);
  return [...commands.matchAll(/^ {2}([a-z][a-z-]*)(?: |$)/gm)].flatMap(([, name]) => name ?? []);
}

/** The words of every verb that does something. */
async function verbs(above: readonly string[] = []): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (const name of listed(await helpOf(...above))) {
    if (name === 'help') continue;
    const words = [...above, name];
    const below = await verbs(words);
    found.push(...(below.length > 0 ? below : [words]));
  }
  return found;
}

test('the help of every verb has examples, whose flags are its own', async () => {
  const all = await verbs();
  expect(all.length).toBeGreaterThan(40);
  for (const words of all) {
    const help = await helpOf(...words);
    const [described = '', shown = ''] = help.split(/^Examples:$/m);
    const lines = shown.split('\n').filter((line) => line.includes('npx holdfast'));
    expect([words, lines.length > 0]).toEqual([words, true]);
    const own = lines.filter((line) => line.includes(words.join(' ')));
    expect([words, own]).toEqual([words, lines]);
    for (const [flag] of shown.matchAll(/(?<= )--[a-z-]+/g)) {
      expect([words, described]).toEqual([words, expect.stringContaining(flag)]);
    }
  }
});

describe('who mistypes is told what may have been meant', () => {
  test.each([
    ['statsu', "Unknown command 'statsu'.", 'Did you mean status?'],
    ['folder puase P', "Unknown command 'puase'.", 'Did you mean pause?'],
    ['status --jsno', "Unknown option '--jsno'.", 'Did you mean --json?'],
    ['folder add /x --lable x', "Unknown option '--lable'.", 'Did you mean --label?'],
    ['frobnicate', "Unknown command 'frobnicate'.", ''],
  ])('holdfast %s', async (line, message, meant) => {
    const { code, err } = await shell.run([...line.split(' '), '--json']);
    const { error } = JSON.parse(err);
    const hint = `${meant} See: npx holdfast --help`.trim();
    expect([code, error]).toEqual([2, { code: 'usage', message, hint }]);
  });

  test('the hidden verb is never meant', async () => {
    expect((await shell.run(['complete'])).err).not.toContain('__complete');
    expect((await shell.run([])).err).not.toContain('__complete');
  });
});
