/** As whom a device observes: its actor follows the epoch of its index, which may change while it runs. */
import { type ActorId, actorOf, type DeviceId, type EpochId, type Hash } from '@holdfast/model';
import type { ObserveContext } from './observe.js';

/** The same, in a folder whose changes may have to be kept from its members. */
export function withholdingContext(
  context: ObserveContext,
  withholds: () => boolean,
): ObserveContext {
  return {
    device: context.device,
    hash: context.hash,
    get actor() {
      return context.actor;
    },
    get withholds() {
      return withholds();
    },
  };
}

export function observeContext(
  device: DeviceId,
  index: { readonly epoch: EpochId },
  hash: Hash,
): ObserveContext {
  let known: { readonly epoch: EpochId; readonly actor: ActorId } | undefined;
  return {
    device,
    hash,
    get actor() {
      const { epoch } = index;
      if (known?.epoch !== epoch) known = { epoch, actor: actorOf(device, epoch, hash) };
      return known.actor;
    },
  };
}
