/**
 * One archive on one kind of disk, crashed at its n-th fsync, rename or write while it ingests, frees
 * what was thinned and makes its index again; n walks through all calls of each. After each crash it
 * has to open, `verify` finds nothing, and every acknowledged version is what was written.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CallTracer, tracedCalls } from './call-tracer.mjs';
import { ReceiptLedger } from './receipt-ledger.mjs';

const kinds = Object.keys(tracedCalls);

export class ArchiveLane {
  #init;
  #walks = new Map();
  #worlds = 0;
  #world;
  #ledger;
  /** Whether a compaction is asked for that was not begun before. */
  #isFresh = true;

  /**
   * Crashes are kills, or power losses where there is a `fileSystem`; after so many as `turn` says the
   * next phase has its turn. `wantsMore` is asked before each, `count` told of each with its phase and
   * kind, `report` of what is wrong.
   */
  constructor(init) {
    this.#init = init;
  }

  /** Begins with a new archive wherever something was wrong; what there was stays. */
  async run() {
    while (this.#init.wantsMore()) {
      const { name, place, report } = this.#init;
      const folder = join(place, `${name}-${this.#worlds++}`);
      mkdirSync(folder);
      const problem = await this.#runWorld(folder);
      if (problem === undefined) rmSync(folder, { recursive: true });
      else report(`${name}: ${problem}`, folder);
    }
  }

  /** What was wrong. */
  async #runWorld(folder) {
    const { fileSystem, openWorld, wantsMore, countReceipts } = this.#init;
    this.#ledger = new ReceiptLedger();
    this.#world = await openWorld(folder, fileSystem, this.#ledger);
    try {
      while (wantsMore()) {
        await this.#crashIngests();
        await this.#crashCompactions();
        await this.#crashPhase('rebuild', () => this.#world.rebuild());
      }
      return undefined;
    } catch (error) {
      return error instanceof Finding ? error.message : `it could not go on: ${error.stack}`;
    } finally {
      countReceipts(this.#ledger);
      await this.#world.close();
    }
  }

  async #crashIngests() {
    await this.#crashPhase('ingest', () => this.#world.ingest());
    await this.#world.ingest();
    await this.#world.gather();
  }

  /** Wherever a compaction came to its end, the archive is put back to before it. */
  async #crashCompactions() {
    await this.#world.thin();
    await this.#world.keepAside();
    this.#isFresh = true;
    await this.#crashPhase('compact', () => this.#world.compact());
    const { isWhole } = await this.#world.compact();
    if (!isWhole) throw new Finding('what was thinned could not be freed');
    await this.#check('after a compaction');
    this.#world.goOn();
  }

  async #crashPhase(phase, work) {
    for (let count = 0; count < this.#init.turn && this.#init.wantsMore(); count += 1) {
      const walk = this.#walkOf(phase);
      if (await this.#isKilled(walk, work)) await this.#recover(phase, walk);
      else await this.#endOfWalk(phase, walk);
    }
  }

  /** Whether the archive came to its n-th call and was killed there. */
  async #isKilled({ kind, call }, work) {
    const tracer = await CallTracer.attach(this.#world.pid, kind, call);
    const finished = work().then(
      () => undefined,
      (error) => error,
    );
    const error = await Promise.race([this.#world.exited, finished]);
    await tracer.detach();
    const isAlive = await this.#world.answers();
    if (isAlive && error !== undefined) throw error;
    return !isAlive;
  }

  async #recover(phase, walk) {
    const where = `after ${walk.kind} ${walk.call} of ${phase}`;
    this.#init.count(phase, walk.kind);
    if (this.#init.fileSystem !== undefined) await this.#world.losePower();
    if (phase === 'ingest') await this.#world.gather();
    if (phase === 'compact') this.#isFresh = false;
    walk.call += 1;
    await this.#world.start().catch((error) => {
      throw new Finding(`failed open ${where}: ${error.message}`);
    });
    await this.#check(where);
  }

  /** A compaction that went on from a crash has fewer calls than a whole one: that is tried, too. */
  async #endOfWalk(phase, walk) {
    const wasWhole = phase !== 'compact' || this.#isFresh;
    if (phase === 'compact') await this.#world.putBack();
    this.#isFresh = true;
    if (!wasWhole) return;
    walk.kind = kinds[(kinds.indexOf(walk.kind) + 1) % kinds.length];
    walk.call = 1;
    this.#init.countWalk();
  }

  async #check(where) {
    const findings = await this.#ledger.misses((wanted) => this.#world.read(wanted));
    const { bad, repaired, problems } = await this.#world.verify();
    if (bad > 0 || repaired > 0) {
      findings.push(`verify: ${bad} bad, ${repaired} repaired: ${JSON.stringify(problems)}`);
    }
    if (findings.length > 0) throw new Finding(`${where}: ${findings.join('; ')}`);
  }

  #walkOf(phase) {
    const walk = this.#walks.get(phase) ?? { kind: kinds[0], call: 1 };
    this.#walks.set(phase, walk);
    return walk;
  }
}

/** What must not be, and is. */
class Finding extends Error {}
