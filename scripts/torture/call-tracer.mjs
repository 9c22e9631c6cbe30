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

  /** Resolves once all threads of `pid` are traced, or the process is gone; rejects where it cannot be. */
  static async attach(pid, kind, call) {
    const calls = tracedCalls[kind];
    const inject = `inject=${calls}:signal=KILL:when=${call}`;
    const words = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject];
    const tracer = spawn('strace', [...words, '-p', String(pid)], { stdio: 'ignore' });
    const one = new CallTracer(tracer);
    const endMs = performance.now() + attachTimeoutMs;
    const ended = new Promise((resolve) => {
      tracer.once('error', resolve).once('exit', resolve);
    });
    let isEnded = false;
    void ended.then(() => {
      isEnded = true;
    });
    while (!isEnded && !isTraced(pid)) {
      if (performance.now() > endMs) throw new Error(`process ${pid} could not be traced`);
      await pause(5);
    }
    if (isEnded && isThere(pid)) throw new Error('strace could not attach to a process');
    return one;
  }

  /** Why nothing can be traced here, or empty. Tries it once. */
  static async whyNone() {
    const trial = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const tracer = await CallTracer.attach(trial.pid, 'fsync', 1);
      await tracer.detach();
      return '';
    } catch (error) {
      return error.message;
    } finally {
      trial.kill('SIGKILL');
    }
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
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return !isThere(pid);
    throw error;
  }
}

/** One that was killed, and that its parent has not heard of yet, is not. */
function isThere(pid) {
  try {
    return !/^State:\t[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
    throw error;
  }
}
