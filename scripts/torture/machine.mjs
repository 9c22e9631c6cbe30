/**
 * One machine: a disk with a node's home and, for an editor, a tree; and the node's process, which
 * may be gone at any time. What happens to it is written into the round's journal.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launchNode } from '../node-process.mjs';
import { callsOf } from './fault-plan.mjs';

const startTimeoutMs = 90_000;
/** How long the n-th call may take; traced, everything takes a few times as long. */
const tracedMs = 4000;

export class Machine {
  name;
  root;
  /** Whether its user and the checker may look at its disk. */
  powered = true;
  /** When it lost its power. */
  powerLossesMs = [];
  /** The node while it is ready. */
  node;
  problems = [];
  #place;
  #disk;
  #journal;
  #tally;
  #listen;
  #process;

  /** `disk` may be undefined: then its files are in a directory of `place`. */
  constructor({ name, place, disk, journal, tally }) {
    this.name = name;
    this.#disk = disk;
    this.#place = place;
    this.#journal = journal;
    this.#tally = tally;
    this.root = join(this.#files, 'tree');
    mkdirSync(this.root, { recursive: true });
  }

  get #files() {
    return this.#disk?.path ?? join(this.#place, this.name);
  }

  /** Starts the node where it is not running, and waits until it is ready. */
  async start() {
    if (this.node !== undefined) return this.node;
    this.#launch([]);
    const tooLong = pause(startTimeoutMs, 'too long', { ref: false });
    if ((await Promise.race([this.#process.ready, tooLong])) === 'too long') {
      throw new Error(`${this.name} was not ready after ${startTimeoutMs / 1000} s`);
    }
    return this.node;
  }

  /** One fault of the plan, from the node's start to its end. */
  async suffer(fault) {
    this.#journal(`${this.name}: ${JSON.stringify(fault)}`);
    if (fault.kind === 'full') await this.#fillUp(fault);
    else if (fault.kind === 'power') await this.#losePower(fault);
    else await this.#beKilled(fault);
    await pause(fault.pauseMs);
  }

  async stop() {
    const running = this.#process;
    if (running === undefined) return;
    running.child.kill('SIGTERM');
    await running.exited;
  }

  /** After its node has ended. */
  async unmount() {
    await this.#disk?.unmount();
  }

  async #beKilled(fault) {
    const calls = callsOf[fault.kind];
    if (calls === undefined) {
      await this.#live(fault);
      await this.#kill('random');
      return;
    }
    const { died } = await this.#traced(calls, fault);
    // It may never come to that many calls.
    const patience = pause(tracedMs + fault.afterMs).then(() => false);
    if (await Promise.race([died, patience])) this.#count(fault.kind);
    else await this.#kill('random');
  }

  /**
   * Lets the node be killed at its n-th call, counted for each thread: from its start, or from some
   * moment of its work. Resolves with a promise of its end.
   */
  async #traced(calls, fault) {
    const inject = `inject=${calls}:signal=KILL:when=${fault.call}`;
    const words = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject];
    if (fault.onceReady) {
      await this.#live(fault);
      const running = this.#process;
      if (running !== undefined) {
        const tracer = spawn('strace', [...words, '-p', String(running.child.pid)], {
          stdio: 'ignore',
        });
        const detached = once(tracer, 'exit');
        return { died: Promise.all([running.exited, detached]).then(() => true) };
      }
    }
    await this.#kill('random');
    this.#launch(['strace', '-D', ...words]);
    return { died: this.#process.exited.then(() => true) };
  }

  /** Until so long after it became ready, or after its process began; it may end before. */
  async #live({ onceReady, afterMs }) {
    if (this.#process === undefined) this.#launch([]);
    const running = this.#process;
    // Where it ends instead, `ready` rejects: that is what `exited` tells too.
    if (onceReady) await Promise.race([Promise.allSettled([running.ready]), running.exited]);
    await Promise.race([pause(afterMs), running.exited]);
  }

  async #losePower(fault) {
    await this.#live(fault);
    this.powered = false;
    this.powerLossesMs.push(performance.now());
    this.#disk.losePower();
    await this.#end();
    this.#count('power');
    await this.#disk.unmount();
    this.#disk.mount();
    this.powered = true;
  }

  async #fillUp(fault) {
    await this.#live(fault);
    this.#disk.fill(fault.bytesLeft);
    this.#count('full');
    await pause(fault.afterMs);
    if (fault.killedWhileFull) await this.#kill('random');
    this.#disk.free();
  }

  async #kill(kind) {
    if (await this.#end()) this.#count(kind);
  }

  /** Ends the process at once; whether there was one. */
  async #end() {
    const running = this.#process;
    if (running === undefined) return false;
    running.child.kill('SIGKILL');
    await running.exited;
    return true;
  }

  #count(kind) {
    this.#tally[kind] += 1;
    this.#journal(`${this.name}: ${kind}`);
  }

  #launch(prefix) {
    const launched = launchNode(this.#files, this.name, {
      prefix,
      logs: this.#place,
      ...(this.#listen === undefined ? {} : { listen: this.#listen }),
    });
    this.#process = launched;
    this.#journal(`${this.name}: started`);
    launched.ready.then(
      (node) => this.#becomeReady(launched, node),
      (error) => this.#journal(`${this.name}: not ready: ${error.message.split('\n')[0]}`),
    );
    void launched.exited.then((end) => this.#ended(launched, end));
  }

  #becomeReady(launched, node) {
    if (this.#process !== launched) return;
    this.node = node;
    this.#listen = node.addresses[0];
    this.#journal(`${this.name}: ready`);
  }

  #ended(launched, { code, signal }) {
    this.#journal(`${this.name}: ended with ${code ?? signal}`);
    if (this.#process !== launched) return;
    this.#process = undefined;
    this.node = undefined;
  }
}
