/**
 * What happens to which machine in one round: decided by the seed and by what this computer can do,
 * before anything runs. Pure.
 */
import { weighted } from './seeded-random.mjs';

/** Kinds of kills, as the table at the end names them. */
export const killKinds = ['random', 'fsync', 'rename', 'write'];

/** The system calls of a kind: the node is killed when one of its threads begins its n-th of them. */
export const callsOf = {
  fsync: 'fsync,fdatasync',
  rename: 'rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat',
  write: 'write,writev,pwrite64,pwritev',
};

/** The highest n of each kind; low ones are likelier, so that starts and recoveries are hit as well. */
const highestCall = { fsync: 30, rename: 30, write: 200 };

/**
 * @param {() => number} random
 * @param {{ strace: boolean, disks: boolean }} abilities
 * @param {string[]} machines
 */
export function planRound(random, abilities, machines, { bursts, faultsEach }) {
  const plan = [];
  for (let burst = 0; burst < bursts; burst += 1) {
    plan.push(
      new Map(
        machines.map((name) => [
          name,
          Array.from({ length: faultsEach }, () => planFault(random, abilities)),
        ]),
      ),
    );
  }
  return plan;
}

function planFault(random, { strace, disks }) {
  const kind = weighted(random, [
    ['random', 2],
    ['fsync', strace ? 1.5 : 0],
    ['rename', strace ? 1.5 : 0],
    ['write', strace ? 1.5 : 0],
    ['power', disks ? 2.6 : 0],
    ['full', disks ? 0.6 : 0],
  ]);
  return {
    kind,
    /** From the moment that the node is ready, or from the start of its process. */
    onceReady: random() < 0.6,
    afterMs: Math.round(random() * 1500),
    call: Math.ceil((highestCall[kind] ?? 1) ** random()),
    pauseMs: Math.round(random() * 300),
    /** Whether a node on a full disk is killed before there is room again. */
    killedWhileFull: random() < 0.5,
    bytesLeft: Math.round(random() ** 3 * 400_000),
  };
}

/** How the disks are mounted: as most are, or so that little is written before it is asked for. */
export function planMount(random) {
  return weighted(random, [
    ['data=ordered', 1],
    ['data=writeback,noauto_da_alloc,commit=30', 1],
  ]);
}
