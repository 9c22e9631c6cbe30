/** The attacks that anyone can run (`npm run attack`), in short rounds. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/attack.mjs', import.meta.url));

/** What it said, and how it ended. */
async function attack(...given: readonly string[]): Promise<{ said: string; code: number | null }> {
  const child = spawn(process.execPath, [script, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { said, code };
}

test('a stranger who connects, or sits between two devices, learns nothing', async () => {
  const { said, code } = await attack('stranger');
  expect(said).toContain('every promise holds');
  expect(said).toContain('for comparison: found multistream');
  expect(code).toBe(0);
});

test.skipIf(process.platform !== 'linux')(
  'a flood of idle connections keeps no paired device out',
  async () => {
    const { said, code } = await attack('flood', '--seconds', '6');
    expect(said).toContain('every promise holds');
    expect(code).toBe(0);
  },
);

test('an attack that does not exist is wrong usage', async () => {
  expect((await attack('nothing')).code).toBe(2);
});
