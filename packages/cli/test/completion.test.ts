import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completionScript } from '../src/completion/shell-scripts.js';
import { createFakeShell, type FakeShell } from './fake-environment.js';

let shell: FakeShell;
beforeEach(() => {
  shell = createFakeShell();
});
afterEach(() => shell.remove());

/** What is offered after a line; its last word is the one that is typed. */
async function offered(line: string, ...flags: readonly string[]) {
  const ran = await shell.run(['__complete', ...flags, '--', ...line.split(' ')]);
  expect([ran.code, ran.err]).toEqual([0, '']);
  const [kind, ...candidates] = ran.out.trimEnd().split('\n');
  return { kind, values: candidates.map((candidate) => candidate.split('\t')[0]) };
}

describe('what comes next', () => {
  test.each<[string, readonly string[]]>([
    ['sta', ['status']],
    ['folder re', ['remove', 'rescan', 'resume', 'reject', 'revert']],
    ['--home /x --json folder paus', ['pause']],
    ['folder set P --watch ', ['auto', 'native', 'polling']],
    ['folder set P --watch=po', ['--watch=polling']],
    ['folder set P --watch = po', ['polling']],
    ['folder set P --watch =', ['auto', 'native', 'polling']],
    ['folder add /x --mode s', ['send-receive', 'send-only']],
    ['device address pi a', ['add']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['restore P --over', ['--overwrite']],
    ['restore P --overwrite i', ['if-changed']],
    ['status --js', ['--json']],
    ['folder pause -- --js', []],
    ['nonsense ', []],
    ['folder rename-not ', []],
    ['wait --timeout ', []],
  ])('holdfast %s', async (line, expected) => {
    const { kind, values } = await offered(line);
    expect([kind, values.toSorted()]).toEqual([':words', expected.toSorted()]);
  });

  test.each([
    ['folder add ', ':directories'],
    ['folder accept P ', ':directories'],
    ['restore P --to ', ':directories'],
    ['--home ', ':directories'],
    ['folder ignore P --set ', ':files'],
    ['folder pause ', ':words'],
    ['log ', ':words'],
  ])('holdfast %s asks the shell for: %s', async (line, kind) => {
    expect(await offered(line)).toEqual({ kind, values: [] });
  });

  test('every verb and every flag of every verb is offered, and nothing hidden', async () => {
    const { values } = await offered('');
    const help = (await shell.run(['--help'])).out;
    const listed = [...help.matchAll(/^ {2}([a-z][a-z-]+)(?: |$)/gm)].map(([, name]) => name);
    expect(values).toEqual(listed);
    expect(values).toContain('doctor');
    expect(values.filter((name) => name?.startsWith('_'))).toEqual([]);
    for (const verb of values.filter((name) => name !== 'help')) {
      const described = (await shell.run([verb!, '--help'])).out;
      const flags = [...described.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
      expect([verb, (await offered(`${verb} --`)).values.toSorted()]).toEqual([
        verb,
        flags.toSorted(),
      ]);
    }
  });

  test('words as they were typed lose their backslashes and quotes', async () => {
    expect((await offered('folder "pau', '--quoted')).values).toEqual(['pause']);
    expect((await offered('folder p\\au', '--quoted')).values).toEqual(['pause']);
    expect((await offered('"folder" pau', '--quoted')).values).toEqual(['pause']);
  });
});

describe('the scripts', () => {
  test('each is printed, starts this program, and says nothing of verbs', async () => {
    for (const name of ['bash', 'zsh', 'fish']) {
      const { code, out } = await shell.run(['completion', name]);
      expect(code).toBe(0);
      expect(out).toContain("/usr/bin/node '/opt/hold fast/holdfast.mjs' __complete");
      expect(out).not.toContain('status');
    }
  });

  test('another shell is wrong usage', async () => {
    expect((await shell.run(['completion', 'tcsh'])).code).toBe(2);
  });

  /** What bash would show after a line, with answers that another device could have made. */
  function replies(line: readonly string[], answer: string): readonly string[] {
    const launch = ['bash', '-c', 'printf %s "$ANSWER"'];
    const words = ['holdfast', ...line].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const script = `${completionScript('bash', launch)}
      COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${line.length}
      _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, ANSWER: answer };
    const out = execFileSync('bash', ['-c', script], { env, encoding: 'utf8' });
    return out.split('\n').filter((text) => text !== '');
  }

  test('a name can run nothing, wherever it is completed', () => {
    const answer = ':words\nmy docs\t\n$(touch /x)\t\n`x`;y\t\n';
    expect(replies(['folder', 'pause', ''], answer)).toEqual([
      'my\\ docs',
      '\\$\\(touch\\ /x\\)',
      '\\`x\\`\\;y',
    ]);
    expect(replies(['folder', 'pause', '"'], answer)).toEqual(['my docs']);
    expect(replies(['folder', 'pause', "'"], answer)).toEqual(['my docs']);
  });

  test('no answer is no candidate', () => {
    expect(replies(['sta'], '')).toEqual([]);
    expect(replies(['sta'], ':words\n')).toEqual([]);
  });

  test('files are left to bash', () => {
    expect(replies(['folder', 'add', '/us'], ':directories\n')).toContain('/usr');
  });
});
