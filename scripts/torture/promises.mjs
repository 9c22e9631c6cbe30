/**
 * What `wait --archived` promised: contents that lay at their paths before it was asked and still
 * when it answered. From then on they have to be in history, whatever happens.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { differing, treeOf } from './tree.mjs';
import { controlOf, editorNames, label } from './world.mjs';

const askTimeoutMs = 1500;

/** Goes on asking both editors' nodes until `signal` says so. */
export async function gatherPromises(world, promised, signal) {
  while (!signal.aborted) {
    for (const name of editorNames) await askInPassing(world, name, promised);
    await pause(100);
  }
}

/** A node that is gone or busy gives no promise: that is its good right here. */
async function askInPassing(world, name, promised) {
  const machine = world.machines.get(name);
  if (machine.node === undefined || !machine.powered) return;
  const losses = machine.powerLossesMs.length;
  try {
    const before = treeOf(machine.root);
    await ask(world, name, askTimeoutMs);
    if (!machine.powered || machine.powerLossesMs.length !== losses) return;
    keep(promised, before, treeOf(machine.root));
    world.journal(`${name}: everything is archived`);
  } catch (error) {
    world.journal(`${name}: gave no promise: ${error.message.split('\n')[0]}`);
  }
}

/** Waits until all is in sync and archived; the promises of both editors then. */
export async function settle(world, promised, timeoutMs) {
  await allLinked(world, timeoutMs);
  for (const name of editorNames) await controlOf(world, name).rescanFolder(label);
  for (const name of [...editorNames, ...editorNames]) await ask(world, name, timeoutMs);
  const [laptop, desktop] = editorNames.map((name) => world.machines.get(name));
  const early = differing(laptop.root, desktop.root);
  for (const { root } of [laptop, desktop]) {
    const tree = treeOf(root);
    keep(promised, tree, tree);
  }
  return early.map((path) => `wait ended before both trees were the same: ${path}`);
}

/** `wait` goes by who is linked when it looks, and after a fault that may be one of two members. */
async function allLinked(world, timeoutMs) {
  const untilMs = performance.now() + timeoutMs;
  for (const name of world.machines.keys()) {
    while (!(await isLinked(world, name))) {
      if (performance.now() > untilMs) throw new Error(`${name} is not linked with all members`);
      await pause(100);
    }
  }
}

async function isLinked(world, name) {
  const { folders } = await controlOf(world, name).status();
  const { members, connectedMembers } = folders.find((folder) => folder.label === label);
  return connectedMembers.length === members.length;
}

async function ask(world, name, timeoutMs) {
  const control = controlOf(world, name);
  await control.rescanFolder(label);
  await control.wait({ folder: label, archived: true, timeoutMs });
}

function keep(promised, before, after) {
  for (const [path, digest] of before) {
    if (after.get(path) === digest && digest !== undefined) promised.add(digest);
  }
}
