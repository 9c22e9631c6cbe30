/**
 * Three versions that beat each other in a circle, on devices that know each other through an archive
 * alone, one of which only sends (decision 0008). The seed gives the shape of the world, nothing else.
 */
import { joinPath, readWholeFile, statIfPresent } from '@holdfast/platform';
import { expect, test } from 'vitest';
import { prepareWorld, startAll } from '../src/world/prepare-world.js';
import type { SimulatedMachine } from '../src/world/simulated-machine.js';
import { SimulatedWorld } from '../src/world/simulated-world.js';
import { rootOf } from '../src/world/world-content.js';

const seed = 'modes-circle-126';
const patienceMs = 300_000;
const path = joinPath(rootOf('data'), 'note.md');

function write({ fileSystem }: SimulatedMachine, text: string, atSeconds: bigint): void {
  const handle = fileSystem.open(path, 'create');
  fileSystem.write(handle, Buffer.from(text), 0);
  fileSystem.close(handle);
  fileSystem.setModificationTime(path, atSeconds * 1_000_000_000n);
  fileSystem.syncFileSystem(rootOf('data'));
}

function rewrite(machine: SimulatedMachine, text: string, atSeconds: bigint): void {
  machine.fileSystem.unlink(path);
  write(machine, text, atSeconds);
}

function text({ fileSystem }: SimulatedMachine): string {
  if (statIfPresent(fileSystem, path) === undefined) return '';
  return Buffer.from(readWholeFile(fileSystem, path)).toString();
}

test('end as one on everything that receives, though a laptop knows of two of them only', async () => {
  const world = new SimulatedWorld(seed);
  expect(world.shape.edges.map((edge) => edge.join('-'))).toEqual([
    'laptop-pi',
    'desktop-pi',
    'phone-pi',
  ]);
  const [laptop, desktop, phone] = ['laptop', 'desktop', 'phone'].map((name) =>
    world.machineOf(name),
  ) as [SimulatedMachine, SimulatedMachine, SimulatedMachine];
  const until = async (holds: () => boolean) =>
    expect(await world.runUntilHolds(holds, patienceMs)).toBe(true);
  await prepareWorld(world, []);

  phone.crash('process');
  write(laptop, 'of the laptop', 30_000n);
  await until(() => text(desktop) === 'of the laptop');
  laptop.crash('process');
  const [folder] = desktop.folders;
  const mode = { folder: folder!.config.id, mode: 'send-only', confirmed: true } as const;
  await world.complete(desktop.node!.control.setMode(mode), 'setting the mode');
  rewrite(desktop, 'of who only sends', 10_000n);
  write(phone, 'apart', 20_000n);
  await world.runUntil(world.clock.nowMs + patienceMs);
  phone.start();
  await until(() => phone.node !== undefined);
  await world.runUntil(world.clock.nowMs + patienceMs);

  // By now the archive shows what was made apart: of the one in between the laptop never hears.
  await startAll(world);
  await until(() => text(laptop) === 'apart');
  await world.runUntil(world.clock.nowMs + patienceMs);
  expect([laptop, desktop, phone].map(text)).toEqual(['apart', 'of who only sends', 'apart']);
  for (const machine of world.machines) machine.crash('process');
});
