/** `.stignore` with real nodes: what is passed over, and that a change of patterns deletes nothing. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';

interface Patterns {
  readonly file: string;
  readonly text: string;
  readonly included: readonly string[];
  readonly fault: string;
}

const world = useTestWorld({ lasts: 'the whole file' });
let docs: SharedFolder;
beforeAll(async () => {
  docs = await shareDocs(world);
});

const here = (...names: string[]) => join(docs.laptopTree, ...names);
const there = (...names: string[]) => join(docs.desktopTree, ...names);
const readThere = (name: string) => existsSync(there(name)) && readFileSync(there(name), 'utf8');

const docsOf = (node: NodeProcess) => node.folder('docs');

async function setPatterns(text: string): Promise<void> {
  writeFileSync(world.path('patterns'), text);
  await docs.laptop.ask('folder', 'ignore', 'docs', '--set', world.path('patterns'));
  await docs.laptop.ask('folder', 'rescan', 'docs');
}

describe('ignored files', () => {
  test('stay where they are, are counted nowhere, and the patterns stay on their device', async () => {
    await setPatterns('*.tmp\n/build\n!/build2/keep\n/build2\n');
    for (const name of ['build', 'build2']) mkdirSync(here(name));
    writeFileSync(here('kept.txt'), 'kept');
    writeFileSync(here('junk.tmp'), 'junk');
    writeFileSync(here('build', 'out'), 'out');
    writeFileSync(here('build2', 'keep'), 'brought back');
    writeFileSync(here('build2', 'out'), 'out');
    await settle(docs);
    await eventually('what is not ignored arrives', () => readThere('build2/keep') !== false);
    expect(readThere('kept.txt')).toBe('kept');
    for (const name of ['junk.tmp', 'build', 'build2/out', '.stignore']) {
      expect([name, existsSync(there(name))]).toEqual([name, false]);
    }
    await docs.laptop.shows({ files: 2, needFiles: 0 });
    const { entries } = await docs.laptop.ask<{ entries: { path: string }[] }>('ls', 'docs');
    expect(entries.map(({ path }) => path).sort()).toEqual(['build2', 'kept.txt']);
  });

  test('are said to be ignored, with the line that decides', async () => {
    const ask = (path: string) =>
      docs.laptop.ask<object>('folder', 'ignore', 'docs', '--test', path);
    expect(await ask('a/junk.tmp')).toEqual({
      path: 'a/junk.tmp',
      ignored: true,
      deletable: false,
      by: { file: '.stignore', line: 1, text: '*.tmp' },
    });
    expect(await ask(here('build2', 'keep'))).toMatchObject({
      path: 'build2/keep',
      ignored: false,
      by: { line: 3 },
    });
    expect(await ask('other')).toMatchObject({ ignored: false, by: null });
    const outside = await docs.laptop.refuses(2, 'folder', 'ignore', 'docs', '--test', '../x');
    expect(outside.code).toBe('path_invalid');
  });
});

describe('a change of patterns', () => {
  test('deletes nothing: what was ignored meanwhile is compared, and comes back', async () => {
    await setPatterns('');
    writeFileSync(here('day.log'), 'first');
    writeFileSync(here('gone.log'), 'both have it');
    await settle(docs);
    expect(readThere('day.log')).toBe('first');

    writeFileSync(here('.stignore'), '*.log\n');
    await eventually('the watcher notices the patterns', async () => {
      return (await docsOf(docs.laptop)).files < (await docsOf(docs.desktop)).files;
    });
    writeFileSync(there('day.log'), 'edited there');
    rmSync(here('gone.log'));
    await settle(docs);
    expect(readFileSync(here('day.log'), 'utf8')).toBe('first');
    expect(readThere('gone.log')).toBe('both have it');
    await docs.laptop.shows({ needFiles: 0, state: 'up-to-date' });

    await setPatterns('// nothing\n');
    await eventually('the edit arrives', () => readFileSync(here('day.log'), 'utf8') !== 'first');
    await eventually('what was removed here comes back', () => existsSync(here('gone.log')));
    await settle(docs);
    expect(readFileSync(here('day.log'), 'utf8')).toBe('edited there');
    expect(readThere('gone.log')).toBe('both have it');
    await docs.laptop.shows({ needFiles: 0 });
  });

  test('brings back what was deleted elsewhere while it was ignored here', async () => {
    writeFileSync(here('old.bak'), 'old');
    await settle(docs);
    await setPatterns('*.bak\n');
    rmSync(there('old.bak'));
    await settle(docs);
    expect(readFileSync(here('old.bak'), 'utf8')).toBe('old');
    await setPatterns('');
    await settle(docs);
    await eventually('it is on both again', () => readThere('old.bak') === 'old');
    expect(readFileSync(here('old.bak'), 'utf8')).toBe('old');
  });

  test('that cannot be understood stops the folder, names the line, and changes nothing', async () => {
    await setPatterns('*.tmp\n');
    writeFileSync(world.path('faulty'), 'fine\n[oops\n');
    const set = ['folder', 'ignore', 'docs', '--set', world.path('faulty')];
    const refused = await docs.laptop.refuses(1, ...set);
    expect(refused).toMatchObject({
      code: 'ignore_faulty',
      message: expect.stringContaining('line 2, "[oops"'),
    });
    expect((await docs.laptop.ask<Patterns>('folder', 'ignore', 'docs')).text).toBe('*.tmp\n');

    writeFileSync(here('.stignore'), '#include common\n');
    const stopped = await eventually('the folder stops', async () => {
      const folder = await docsOf(docs.laptop);
      return folder.state === 'stopped' && folder;
    });
    expect(stopped.stateReason).toContain('line 1, "#include common": there is no such file');
    expect((await docs.laptop.ask<Patterns>('folder', 'ignore', 'docs')).fault).toContain('common');
    writeFileSync(there('meanwhile.txt'), 'meanwhile');
    writeFileSync(here('common'), '*.tmp\n');
    await eventually('it goes on by itself', () => existsSync(here('meanwhile.txt')));
    const { included } = await docs.laptop.ask<Patterns>('folder', 'ignore', 'docs');
    expect(included).toEqual(['common']);
  });

  test('in an included file that another device edits takes effect too', async () => {
    await settle(docs);
    await eventually('the included file is synced', () => existsSync(there('common')));
    writeFileSync(there('common'), '*.tmp\n*.draft\n');
    await settle(docs);
    const isIgnored = async () => {
      const answer = await docs.laptop.ask<{ ignored: boolean }>(
        'folder',
        'ignore',
        'docs',
        '--test',
        'a.draft',
      );
      return answer.ignored;
    };
    await eventually('the new pattern holds', isIgnored);
    await docs.laptop.ask('folder', 'rescan', 'docs');
    writeFileSync(here('a.draft'), 'draft');
    writeFileSync(here('b.txt'), 'b');
    await settle(docs);
    expect([existsSync(there('b.txt')), existsSync(there('a.draft'))]).toEqual([true, false]);
  });
});

describe('a directory that others delete', () => {
  test('stays for what is ignored in it, and is not published again', async () => {
    await setPatterns('*.tmp\n(?d)*.cache\n');
    for (const name of ['stays', 'goes']) mkdirSync(here(name, 'sub'), { recursive: true });
    for (const name of ['stays', 'goes']) writeFileSync(here(name, 'a.txt'), 'a');
    writeFileSync(here('stays', 'sub', 'mine.tmp'), 'mine');
    writeFileSync(here('goes', 'sub', 'x.cache'), 'x');
    await settle(docs);
    expect(existsSync(there('goes', 'sub'))).toBe(true);
    for (const name of ['stays', 'goes']) rmSync(there(name), { recursive: true });
    await settle(docs);
    await eventually('the deletable content goes along', () => !existsSync(here('goes')));
    await eventually('the file in the other goes', () => !existsSync(here('stays', 'a.txt')));
    expect(readFileSync(here('stays', 'sub', 'mine.tmp'), 'utf8')).toBe('mine');
    await docs.laptop.ask('folder', 'rescan', 'docs');
    await docs.laptop.inSync();
    await docs.laptop.shows({ needFiles: 0 });
    expect([existsSync(there('stays')), existsSync(there('goes'))]).toEqual([false, false]);

    await setPatterns('');
    await settle(docs);
    await eventually('it is published once it is not ignored any more', () => {
      return existsSync(there('stays', 'sub', 'mine.tmp'));
    });
  });

  test('goes with directories that may go, with all that they hold, and stays for one file that may not', async () => {
    await setPatterns('*.mine\n(?d)node_modules\n(?d)*.cache\n');
    const trees = ['goes whole', 'stays for one'];
    for (const name of trees) {
      mkdirSync(here(name, 'src', 'node_modules', 'deep', 'er'), { recursive: true });
      writeFileSync(here(name, 'src', 'a.txt'), 'a');
      writeFileSync(here(name, 'src', 'node_modules', 'deep', 'er', 'x.js'), 'x');
      writeFileSync(here(name, 'b.cache'), 'b');
    }
    writeFileSync(here('stays for one', 'src', 'only.mine'), 'mine');
    await settle(docs);
    for (const name of trees) {
      expect(existsSync(there(name, 'src', 'a.txt'))).toBe(true);
      rmSync(there(name), { recursive: true });
    }
    await settle(docs);
    await eventually('what may go goes', () => !existsSync(here('goes whole')));
    await eventually('the file goes', () => !existsSync(here('stays for one', 'src', 'a.txt')));
    expect(readFileSync(here('stays for one', 'src', 'only.mine'), 'utf8')).toBe('mine');
    await docs.laptop.inSync();
    await docs.laptop.shows({ needFiles: 0 });
    expect(trees.map((name) => existsSync(there(name)))).toEqual([false, false]);
  });

  test('gives its place to a file, where all that is ignored in it may go', async () => {
    await setPatterns('(?d)*.cache\n');
    mkdirSync(here('becomes a file'));
    writeFileSync(here('becomes a file', 'a.txt'), 'a');
    writeFileSync(here('becomes a file', 'b.cache'), 'b');
    await settle(docs);
    expect(existsSync(there('becomes a file', 'a.txt'))).toBe(true);
    rmSync(there('becomes a file'), { recursive: true });
    writeFileSync(there('becomes a file'), 'a file now');
    await settle(docs);
    await eventually('it is a file here too', () => {
      return statSync(here('becomes a file'), { throwIfNoEntry: false })?.isFile() === true;
    });
    expect(readFileSync(here('becomes a file'), 'utf8')).toBe('a file now');
  });
});

test('patterns whose file is deleted hold no more, and what they ignored is synced', async () => {
  await setPatterns('*.hidden\n');
  writeFileSync(here('shown.txt'), 'shown');
  writeFileSync(here('some.hidden'), 'hidden so far');
  await settle(docs);
  expect([existsSync(there('shown.txt')), existsSync(there('some.hidden'))]).toEqual([true, false]);
  rmSync(here('.stignore'));
  await eventually('it arrives by itself', () => readThere('some.hidden') === 'hidden so far');
  expect((await docs.laptop.ask<Patterns>('folder', 'ignore', 'docs')).text).toBe('');
});
