import { AppError } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import { askWhileLinking } from '../src/ask-while-linking.js';
import { ChangeSignal } from '../src/change-signal.js';

const noArchive = new AppError('no_archive', 'No archive is connected.', { kind: 'retry' });

/** Asks; `answers` are what each try gives, the last one for ever. */
function asking(answers: readonly (string | AppError)[], isLinking = () => true) {
  const world = new VirtualWorldClock();
  const changes = new ChangeSignal();
  let tries = 0;
  const ask = async () => {
    const answer = answers[Math.min(tries, answers.length - 1)]!;
    tries += 1;
    if (typeof answer === 'string') return answer;
    throw answer;
  };
  const clock = world.nodeClock();
  const engine = { folders: new Map([['photosphotosphot', {}]]), isLinking };
  const answered = askWhileLinking(ask, { engine: engine as never, changes, seams: { clock } });
  return { answered, changes, world, tries: () => tries };
}

test('what cannot be answered before the archive is linked is answered once it is', async () => {
  const { answered, changes, tries } = asking([noArchive, 'the log']);
  await expect.poll(tries).toBe(1);
  changes.changed();
  expect(await answered).toBe('the log');
});

test('where nobody is about to be linked it is refused at once', async () => {
  const { answered, tries } = asking([noArchive], () => false);
  await expect(answered).rejects.toBe(noArchive);
  expect(tries()).toBe(1);
});

test('what asking again does not help against is said at once', async () => {
  const unknown = new AppError('path_unknown', 'History has no such file.');
  const { answered, tries } = asking([unknown]);
  await expect(answered).rejects.toBe(unknown);
  expect(tries()).toBe(1);
});

test('nobody waits for ever', async () => {
  const { answered, world } = asking([noArchive]);
  const refused = answered.then(
    () => false,
    (error: unknown) => error === noArchive,
  );
  let isOver = false;
  void refused.then(() => {
    isOver = true;
  });
  await world.runUntil(() => isOver, { deadlineMs: world.nowMs + 60_000 });
  expect(await refused).toBe(true);
});
