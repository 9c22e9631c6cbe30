import { type PathEntry, withGuard, withHeld, withLocalCurrent } from '@holdfast/folder-index';
import type { DeviceId, Version } from '@holdfast/model';
import { describe, expect, test } from 'vitest';
import type { BlockSupplier } from '../src/block-client.js';
import type { PlannedPath } from '../src/placer.js';
import { planPath } from '../src/plan-sync.js';
import { SourceChoice } from '../src/source-choice.js';
import { disk, former, rewritten, shown } from './guard-world.js';
import { actor, desktop, fileVersion, hash, here, phone } from './place-world.js';

const restoring = fileVersion('0.txt', 'former 0', [
  { actor: actor('d'), counter: 1 },
  { actor: actor('f'), counter: 1 },
]);

/** A rejected version is on this disk, and the desktop shows it too. */
function rejectedEntry(change: (entry: PathEntry) => PathEntry = (entry) => entry): PlannedPath {
  const spoiled = rewritten(0);
  const showing = shown({ path: spoiled.record.path, rows: [] }, spoiled);
  const mark = { state: 'rejected', atMs: 1, former: former(0), restoring } as const;
  const entry = change(withGuard(withLocalCurrent(showing, spoiled, { disk }), spoiled, mark));
  const action = planPath(entry, hash);
  if (action.type === 'none') throw new Error('There is something to put back.');
  return { entry, action };
}

const setAside = (entry: PathEntry) => withHeld(entry, former(0) as Version, { sinceMs: 1, disk });

describe('who is asked for what comes back after a rejection', () => {
  const clients = new Map<DeviceId, BlockSupplier>(
    [here, desktop, phone].map((device) => [device, { request: async () => [] }]),
  );
  const deviceOf = (client: BlockSupplier) =>
    [...clients].find(([, known]) => known === client)?.[0];
  const choiceOf = () =>
    new SourceChoice({
      clock: { now: () => 1, monotonic: () => 1, setTimer: () => ({ cancel: () => undefined }) },
      clientOf: (device) => clients.get(device),
      context: { device: here },
      keepers: () => [desktop, phone],
    });
  const ask = (choice: SourceChoice, planned: PlannedPath) =>
    [...choice.batches([planned], () => undefined)].map(({ client, files }) => ({
      device: deviceOf(client),
      askFor: files[0]!.file.askFor,
    }));

  test('this device where it has set the content aside, under the id that it had', () => {
    expect(ask(choiceOf(), rejectedEntry(setAside))).toEqual([
      { device: here, askFor: former(0).id },
    ]);
  });

  test('not this device where it has nothing', () => {
    expect(ask(choiceOf(), rejectedEntry())).toEqual([{ device: desktop, askFor: former(0).id }]);
  });

  test('after a failure the next who may have it, until nobody is left', () => {
    const choice = choiceOf();
    const planned = rejectedEntry(setAside);
    const asked: (DeviceId | undefined)[] = [];
    while (choice.mayTryOther(planned)) {
      for (const { client, files } of choice.batches([planned], () => undefined)) {
        asked.push(deviceOf(client));
        choice.failed(client, files[0]!.file);
      }
    }
    expect(asked).toEqual([here, desktop, phone]);
  });
});
