/**
 * Runs the torture again as the first process of namespaces of its own, where the computer lets it:
 * its mounts, processes and ports are then nobody else's, and all of them end with it, also when it
 * is killed. Elsewhere it runs as it is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const insideVariable = 'HOLDFAST_TORTURE_PLACE';
const aloneVariable = 'HOLDFAST_TORTURE_ALONE';
const script = 'ip link set lo up; "$@" & wait $!';

/** The work folder where this process is the one inside; else undefined. */
export function placeInside() {
  return process.env[insideVariable];
}

/** Whether mounts of this process are nobody else's. */
export function isAlone() {
  return process.env[aloneVariable] === '1';
}

/** Runs the program `words` inside, with the work folder `place`; resolves with its exit code. */
export async function runInside(place, words) {
  const command = [process.execPath, ...words];
  const flags = ['--mount', '--pid', '--net', '--fork', '--kill-child', '--mount-proc'];
  const trial = spawnSync('unshare', [...flags, 'ip', 'link', 'set', 'lo', 'up']);
  const alone = trial.status === 0;
  const [program, ...rest] = alone
    ? ['unshare', ...flags, 'sh', '-c', script, 'sh', ...command]
    : command;
  const child = spawn(program, rest, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, [insideVariable]: place, [aloneVariable]: alone ? '1' : '0' },
  });
  const end = () => child.kill(alone ? 'SIGKILL' : 'SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, end);
  const [code] = await once(child, 'exit');
  return code ?? 130;
}
