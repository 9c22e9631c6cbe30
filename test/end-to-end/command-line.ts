/**
 * The command line as scripts use it: one process for each command, its exit code, its bytes, its
 * JSON. A process that hangs is killed, by its own id, and fails the test.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { commandPatienceMs } from './patience.js';

export const executable = fileURLToPath(
  new URL('../../packages/cli/bin/holdfast.mjs', import.meta.url),
);

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** `prefix` is a command that runs the rest of its arguments in its own place. */
export function spawnHoldfast(
  home: string,
  given: readonly string[],
  prefix: readonly string[] = [],
): ChildProcess {
  const { HOLDFAST_HOME: _unused, ...environment } = process.env;
  const command = [...prefix, process.execPath, executable, '--home', home, '--json', ...given];
  // Beside the home, so that it goes with the test's directory.
  const env = { ...environment, XDG_CACHE_HOME: `${home}-cache` };
  const options: SpawnOptions = { env, stdio: ['ignore', 'pipe', 'pipe'] };
  return spawn(command[0]!, command.slice(1), options);
}

/** A prefix: the shell is replaced by the node, so the process id stays the node's own. */
export function underUmask(umask: string): readonly string[] {
  return ['/bin/sh', '-c', `umask ${umask}; exec "$@"`, 'sh'];
}

export async function run(home: string, ...given: readonly string[]): Promise<Outcome> {
  return outcomeOf(spawnHoldfast(home, given));
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const timer = setTimeout(() => child.kill('SIGKILL'), commandPatienceMs);
  const [stdout, stderr, exitCode] = await Promise.all([
    bytesFrom(child.stdout),
    bytesFrom(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  clearTimeout(timer);
  return { exitCode, stdout, stderr: stderr.toString('utf8') };
}

async function bytesFrom(stream: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The answer of a command that must succeed, or must end with `exitCode`. */
export async function answer<Answer>(
  home: string,
  given: readonly string[],
  exitCode = 0,
): Promise<Answer> {
  return answerFrom(await run(home, ...given), given, exitCode);
}

export function answerFrom<Answer>(
  outcome: Outcome,
  given: readonly string[],
  exitCode = 0,
): Answer {
  if (outcome.exitCode !== exitCode) {
    const said = `${outcome.stderr}${outcome.stdout.toString('utf8')}`;
    throw new Error(`${given.join(' ')} ended with ${outcome.exitCode}: ${said}`);
  }
  return JSON.parse(outcome.stdout.toString('utf8')) as Answer;
}

/**
 * A command that must be refused: nothing on stdout, one JSON document on stderr that says what
 * happened and what to do next.
 */
export async function refusal(
  home: string,
  given: readonly string[],
  exitCode: number,
): Promise<Refusal> {
  return refusalFrom(await run(home, ...given), exitCode, given.join(' '));
}

export function refusalFrom(outcome: Outcome, exitCode: number, what: string): Refusal {
  expect(outcome.stdout.toString('utf8'), `${what}: stdout`).toBe('');
  expect(outcome.stderr, `${what}: stderr`).toMatch(/^\{"error":.*\}\n$/);
  const { error } = JSON.parse(outcome.stderr) as { error: Refusal };
  expect({ exitCode: outcome.exitCode, ...error }, what).toMatchObject({ exitCode });
  expect(error.message, `${what}: message`).not.toBe('');
  expect(error.hint, `${what}: hint`).not.toBe('');
  return error;
}
