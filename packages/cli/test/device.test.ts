/** `device …`: what reaches the node, and what a person reads. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createFakeNodeControl,
  exampleStatus,
  type FakeNodeControl,
} from '../../rest-api/test/fake-node-control.js';
import { type Serving, serve, token } from '../../rest-api/test/serving.js';
import { createFakeShell, type FakeShell } from './fake-environment.js';

let shell: FakeShell;
let control: FakeNodeControl;
let serving: Serving;

const [device] = exampleStatus.devices;

beforeEach(async () => {
  control = createFakeNodeControl({
    revokeDevice: async () => ({ ...device!, state: 'revoked', introduced: ['phone\u001b[2J'] }),
  });
  serving = await serve(control);
  shell = createFakeShell();
  shell.pointAt(serving.port, token);
});

afterEach(async () => {
  await serving.stop();
  shell.remove();
});

describe('what reaches the node', () => {
  const cases: [string, readonly unknown[]][] = [
    ['device invite --expires 2h', ['invite', { expiresMs: 7_200_000, mine: true }]],
    ['device invite --other', ['invite', { expiresMs: undefined, mine: false }]],
    ['device join holdfast:x', ['join', 'holdfast:x', undefined]],
    ['device join holdfast:x --other', ['join', 'holdfast:x', false]],
    ['device rename pi attic', ['renameDevice', 'pi', 'attic']],
    ['device remove pi', ['removeDevice', 'pi']],
    ['device pending', ['pendingDevices']],
    ['device accept pi --mine', ['acceptDevice', 'pi', true]],
    ['device mark pi other', ['markDevice', 'pi', false]],
    ['device revoke pi', ['revokeDevice', 'pi']],
    ['device confirm pi', ['confirmDevice', 'pi']],
    ['device lift pi', ['liftDevice', 'pi', undefined]],
    ['device address pi add /ip4/1.2.3.4/tcp/1', ['addDeviceAddress', 'pi', '/ip4/1.2.3.4/tcp/1']],
    ['device address pi remove /dns4/a/tcp/1', ['removeDeviceAddress', 'pi', '/dns4/a/tcp/1']],
  ];
  test.each(cases)('holdfast %s', async (line, call) => {
    const ran = await shell.run([...line.split(' '), '--json']);
    expect([ran.code, ran.err, control.calls]).toEqual([0, '', [call]]);
  });
});

test('who revokes a device reads what it had, and whom only it introduced', async () => {
  const { code, out } = await shell.run(['device', 'revoke', 'pi']);
  expect(code).toBe(0);
  expect(out).toContain('It keeps what it has of: Photos.');
  expect(out).toContain('Only it introduced phone');
  expect(out).not.toContain('\u001b');
});

test('a list of devices says whose they are', async () => {
  expect((await shell.run(['device', 'list'])).out).toContain('pi  connected  mine');
});
