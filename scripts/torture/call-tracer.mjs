/**
 * Kills a running node when one of its threads begins its n-th system call of a kind, by strace. Calls
 * are counted from the moment that every thread is traced; each thread has a count of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { callsOf } from './fault-plan.mjs';

/** Segments are written at positions; plain writes are mostly threads that wake each other. */
export const tracedCalls = { ...callsOf, write: 'pwrite64,pwritev' };

const attachTimeoutMs = 30_000;

export class CallTracer {
  #tracer;

  /** Resolves once all threads of `pid` are traced, or the process is gone. */
  static async attach(pid, kind, call) {
    const calls = tracedCalls[kind];
    const inject = `inject=${calls}:signal=KILL:when=${call}`;
    const words = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject];
    const tracer = spawn('strace', [...words, '-p', String(pid)], { stdio: 'ignore' });
    const one = new CallTracer(tracer);
    const endMs = performance.now() + attachTimeoutMs;
    while (tracer.exitCode === null && !isTraced(pid)) {
      if (performance.now() > endMs) throw new Error(`process ${pid} could not be traced`);
      await pause(5);
    }
    return one;
  }

  constructor(tracer) {
    this.#tracer = tracer;
  }

  /** Lets the process go on untraced, where it lives still. */
  async detach() {
    const { exitCode, signalCode } = this.#tracer;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#tracer, 'exit');
    this.#tracer.kill('SIGTERM');
    await ended;
  }
}

/** A process that ended meanwhile has no thread that could make a call: it counts as traced. */
function isTraced(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) =>
      /^TracerPid:\t[1-9]/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
    );
  } catch (error) {
    if (error.code === 'ENOENT') return !isThere(pid);
    if (error.code === 'ESRCH') return !isThere(pid);
    throw error;
  }
}

function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}
