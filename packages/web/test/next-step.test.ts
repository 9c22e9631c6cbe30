import { describe, expect, test } from 'vitest';
import { nextStep } from '../src/next-step.js';
import type { Device, Folder } from '../src/node-state.js';
import { nodeWith, photos } from './example-node.js';

const [pi] = nodeWith().devices as [Device];
const desktop: Device = { ...pi, id: 'desktop', name: 'desktop' };

function stepFor(change: Partial<Folder>, devices: readonly Device[] = [pi]) {
  return nextStep({ ...photos, ...change }, devices);
}

test('a folder that is archived and in order needs nobody', () => {
  expect(stepFor({})).toBeUndefined();
  expect(stepFor({ state: 'syncing' })).toBeUndefined();
});

describe('a folder that needs a person', () => {
  test.each(['stopped', 'out-of-sync'] as const)('can be looked at again when %s', (state) => {
    expect(stepFor({ state })?.actions).toEqual([
      { label: 'Look again', path: '/rest/folders/rescan', body: { folder: photos.id } },
    ]);
  });

  test('goes on at a click when it is paused', () => {
    expect(stepFor({ state: 'paused' })?.actions[0]?.path).toBe('/rest/folders/resume');
  });

  test('names the devices to switch on when it waits', () => {
    const away = [
      { ...pi, connected: false },
      { ...desktop, connected: false },
    ];
    const step = stepFor({ state: 'waiting', members: ['pi', 'desktop'] }, away);
    expect(step?.text).toContain('once pi or desktop is switched on');
  });

  test('asks for an answer that a click gives', () => {
    const actions = stepFor({ state: 'needs-confirmation' })?.actions;
    expect(actions?.map(({ path }) => path)).toEqual([
      '/rest/folders/reject',
      '/rest/folders/confirm',
    ]);
    expect(actions?.map(({ body }) => body)).toEqual([
      { folder: photos.id },
      { folder: photos.id },
    ]);
  });
});

describe('a folder without an archive', () => {
  const bare = { archives: [], connectedMembers: [], members: [] };

  test('leads to pairing where no device is paired', () => {
    expect(stepFor(bare, [])).toMatchObject({ pairs: true, actions: [] });
  });

  test('is shared at a click, connected devices first', () => {
    const step = stepFor(bare, [{ ...pi, connected: false }, desktop]);
    expect(step?.actions.map(({ label }) => label)).toEqual([
      'Share with desktop',
      'Share with pi',
    ]);
    expect(step?.actions[0]?.body).toEqual({ folder: photos.id, device: 'desktop' });
  });

  test('says where it has not been accepted yet, and what to type there', () => {
    const step = stepFor({ ...bare, members: ['pi'] });
    expect(step?.text).toContain('pi has not accepted it yet');
    expect(step?.commands).toEqual(['npx holdfast folder accept Photos --archive']);
  });

  test('is shared with one more device where all that have it keep files only', () => {
    const shared = { ...bare, members: ['desktop'], connectedMembers: ['desktop'] };
    expect(stepFor(shared, [desktop, pi])?.actions.map(({ label }) => label)).toEqual([
      'Share with pi',
    ]);
    expect(stepFor(shared, [desktop])?.pairs).toBe(true);
  });

  test('sends nobody off while a member is away that may be the archive', () => {
    expect(stepFor({ ...bare, members: ['pi'] }, [{ ...pi, connected: false }])).toBeUndefined();
  });
});
