import { type FilePath, filePathFrom, joinPath } from '@holdfast/platform';
import { expect, test } from 'vitest';
import { changeEvent, failureEvent, maxPathsPerEvent } from '../src/watch-events.js';

const root = filePathFrom('/data/photos');
const eventsOf = (...paths: string[]) => paths.map((path) => ({ path }));

test('each changed path is named once', () => {
  const event = changeEvent(
    root,
    {},
    eventsOf('/data/photos/a', '/data/photos/b', '/data/photos/a'),
  );
  expect(event).toEqual({ type: 'changed', paths: ['/data/photos/a', '/data/photos/b'] });
});

test('paths are byte strings', () => {
  const event = changeEvent(root, {}, eventsOf('/data/photos/é'));
  expect(event).toEqual({ type: 'changed', paths: ['/data/photos/\u00c3\u00a9'] });
});

test('for a name that is not UTF-8 all in the directory above it is named, never above the root', () => {
  const hint = (path: string) => changeEvent(root, {}, eventsOf(path));
  const changed = (path: FilePath) => ({ type: 'changed', paths: [], below: [path] });
  expect(hint('/data/photos/a/b\ufffd/c')).toEqual(changed(joinPath(root, 'a')));
  expect(hint('/data/photos/\ufffd')).toEqual(changed(root));
  expect(hint('/data/\ufffd')).toEqual(changed(root));
});

test('what is skipped is left out, with everything below it and nothing beside it', () => {
  const skipped = { skipNames: ['.holdfast'], skipPrefix: '.tmp-' };
  const both = eventsOf('/data/photos/.holdfast/x', '/data/photos/.holdfast2');
  expect(changeEvent(root, skipped, both)).toEqual({
    type: 'changed',
    paths: ['/data/photos/.holdfast2'],
  });
  expect(changeEvent(root, skipped, eventsOf('/data/photos/.holdfast'))).toBeUndefined();
  const temporaries = eventsOf('/data/photos/a/.tmp-1/b', '/data/photos/a/x.tmp-1');
  expect(changeEvent(root, skipped, temporaries)).toEqual({
    type: 'changed',
    paths: ['/data/photos/a/x.tmp-1'],
  });
});

test('too many changes at once are an overflow', () => {
  const many = Array.from({ length: maxPathsPerEvent + 1 }, (_, index) => `/data/photos/${index}`);
  expect(changeEvent(root, {}, eventsOf(...many))).toEqual({ type: 'overflow' });
  expect(changeEvent(root, {}, eventsOf(...many.slice(1)))?.type).toBe('changed');
});

test('lost events are an overflow, anything else an error', () => {
  const dropped = 'Events were dropped by the FSEvents client. File system must be re-scanned.';
  expect(failureEvent(new Error(dropped))).toEqual({ type: 'overflow' });
  const lost = 'Buffer overflow. Some events may have been lost.';
  expect(failureEvent(new Error(lost))).toEqual({ type: 'overflow' });
  const error = new Error('inotify_add_watch failed');
  expect(failureEvent(error)).toEqual({ type: 'error', error });
});
