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

describe('a folder that differs because of its mode', () => {
  const differing = { state: 'out-of-sync', needFiles: 3 } as const;

  test('can override the others, and says first how many files that touches', () => {
    const [action] = stepFor({ ...differing, mode: 'send-only' })?.actions ?? [];
    expect(action).toMatchObject({ path: '/rest/folders/override', body: { folder: photos.id } });
    expect(action?.asks?.text).toContain('On the other devices 3 files will be replaced');
    expect(action?.asks?.yes).toBe('Override 3 files');
  });

  test('can take back what was changed here, and says first how many files that touches', () => {
    const changed = { mode: 'receive-only', receiveOnlyChangedFiles: 1 } as const;
    const [action] = stepFor({ ...changed, state: 'out-of-sync' })?.actions ?? [];
    expect(action).toMatchObject({ path: '/rest/folders/revert', body: { folder: photos.id } });
    expect(action?.asks?.text).toContain('Here 1 file will be as on the other devices again');
  });

  test('is looked at again where something else is wrong with it', () => {
    const step = stepFor({ state: 'out-of-sync', mode: 'receive-only' });
    expect(step?.actions.map(({ label }) => label)).toEqual(['Look again']);
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
