/** What a person asks of a node in a world, whatever it says to that. */
import { AppError } from '@holdfast/platform';
import { SimulatedCrash } from '../seams/kill-switch.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';

type Control = NonNullable<SimulatedMachine['node']>['control'];

/** A node may refuse, be off, or end in the middle of it: its user sees that, and nothing else breaks. */
export function askNode(
  world: SimulatedWorld,
  machine: SimulatedMachine,
  what: string,
  act: (control: Control) => Promise<object>,
): void {
  const control = machine.node?.control;
  if (control === undefined) return;
  world.trace.event(machine.name, `user ${what}`);
  act(control).catch((error: unknown) => {
    const isExpected = error instanceof AppError || error instanceof SimulatedCrash;
    if (!isExpected && !machine.hasFaultyDisk) world.fail(error);
  });
}
