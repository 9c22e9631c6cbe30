import type { FolderProgress, FolderStatus, NodeControl } from '@holdfast/node';
import { afterEach, describe, expect, test } from 'vitest';
import {
  exampleTransfer as left,
  nothingMoves as still,
} from '../../rest-api/test/example-progress.js';
import {
  createFakeNodeControl,
  exampleFolder,
  exampleStatus,
} from '../../rest-api/test/fake-node-control.js';
import { type Serving, serve, token } from '../../rest-api/test/serving.js';
import { waitLine } from '../src/wait-progress.js';
import { createFakeShell, type FakeShell } from './fake-environment.js';

const pi = '12D3KooWPi';

let shell: FakeShell;
let serving: Serving;

afterEach(async () => {
  await serving.stop();
  shell.remove();
});

async function nodeWith(folder: Partial<FolderStatus>, more: Partial<NodeControl> = {}) {
  const folders = [{ ...exampleFolder, ...folder }];
  const status = async () => ({ ...exampleStatus, folders });
  serving = await serve(createFakeNodeControl({ status, ...more }));
  shell = createFakeShell();
  shell.pointAt(serving.port, token);
}

describe('status says in words', () => {
  test.each<[string, Partial<FolderProgress>, string]>([
    [
      'how far a scan is',
      { scan: { files: 50, knownFiles: 200, hashedBytes: 1_000_000, bytesPerSecond: 500_000 } },
      'Looking through the folder: 50 of 200 files, 1.0 MB read, 500 kB/s.',
    ],
    [
      'what still arrives, from whom, how fast and how long',
      { receiving: { ...left, from: [{ device: pi, bytesPerSecond: 12_000_000 }] } },
      'Arriving from pi: 312 files, 240 MB to go, 12.0 MB/s, about 20 seconds left.',
    ],
    [
      'what an archive still lacks',
      { sending: [{ ...left, device: pi, secondsLeft: null }] },
      'Being archived on pi: 312 versions, 240 MB to go, 12.0 MB/s.',
    ],
  ])('%s', async (_what, moving, line) => {
    await nodeWith({ progress: { ...still, ...moving } });
    expect((await shell.run(['status'])).out).toContain(`    ${line}\n`);
  });
});

describe('wait, before a person', () => {
  /** Ends when the status was asked for often enough to be shown. */
  async function waited(terminal: boolean) {
    let release: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      release = resolve;
    });
    const folders = [
      { ...exampleFolder, progress: { ...still, sending: [{ ...left, device: pi }] } },
    ];
    let asked = 0;
    await nodeWith(
      {},
      {
        status: async () => {
          asked += 1;
          if (asked === 3) release();
          return { ...exampleStatus, folders };
        },
        wait: () => (terminal ? seen : Promise.resolve()),
      },
    );
    return { ...(await shell.run(['wait'], { terminal })), asked: () => asked };
  }

  test('shows what is still to come on one line, and takes it away at the end', async () => {
    const { code, out, err } = await waited(true);
    expect([code, out]).toEqual([0, 'In sync.\n']);
    expect(err).toContain('\r\u001b[2KPhotos: Being archived on pi: 312 versions');
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
  });

  test('asks and writes nothing where nobody watches', async () => {
    const { err, asked } = await waited(false);
    expect([err, asked()]).toEqual(['', 0]);
  });

  test('names what stands still, of the folder that was asked for', async () => {
    await nodeWith({});
    const late = { ...exampleFolder, label: 'Late', needFiles: 2, stateReason: '' };
    const status = { ...exampleStatus, folders: [exampleFolder, late] };
    expect(waitLine(status, undefined)).toBe('Late: 2 files still to come.');
    expect(waitLine(status, 'Photos')).toBe('');
  });
});
