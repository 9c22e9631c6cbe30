/**
 * The script that plants bugs stays working: its list fits the sources as they are, and a sample of it
 * is planted and caught. All of them: `npm run simulate:planted`.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/planted-bugs.mjs', import.meta.url));

function plant(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

test('every planted bug fits the sources exactly once', async () => {
  const { code, output } = await plant('--check');
  expect(output).toMatch(/^\d+ bugs fit the sources\n$/);
  expect(code).toBe(0);
});

test('a sample of bugs is planted and caught, by worlds and by a suite', {
  timeout: 500_000,
}, async () => {
  const sample = [
    'what is replaced is not set aside',
    'a conflict copy carries the winner',
    'one store is as good as the wanted number of copies',
  ];
  const { code, output } = await plant(...sample.flatMap((name) => ['--only', name]));
  expect(output).toContain('3 of 3 caught');
  expect(code).toBe(0);
});

test('a bug that no world of the seeds given can show escapes, and the exit code says so', async () => {
  const bug = ['--only', 'numbers are given out before they are durable'];
  const { code, output } = await plant(...bug, '--by', 'worlds', '--seeds', '0');
  expect(output).toContain('ESCAPED');
  expect(code).toBe(1);
});
