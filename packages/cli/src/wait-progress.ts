/** What a wait waits for, on one line that is written anew while it lasts. */
import type { FolderStatus, NodeControl, NodeStatus } from '@holdfast/node';
import { AppError, type Clock } from '@holdfast/platform';
import { countText } from './printable-text.js';
import { type NameOf, progressLines } from './progress-text.js';

const lookEveryMs = 1_000;
const maxLineCharacters = 78;

export interface WaitProgressInit {
  readonly node: NodeControl;
  readonly clock: Clock;
  /** Label or id; every folder where it is undefined. */
  readonly folder: string | undefined;
  readonly write: (line: string) => void;
}

/** Resolves once the signal has aborted. */
export async function showWaitProgress(init: WaitProgressInit, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const status = await look(init.node);
    if (signal.aborted) break;
    if (status !== undefined) init.write(waitLine(status, init.folder));
    await pause(init.clock, signal);
  }
  init.write('');
}

/** Undefined where the node does not answer as it should: the wait itself tells why. */
async function look(node: NodeControl): Promise<NodeStatus | undefined> {
  try {
    return await node.status();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** The first folder that something moves in, or else that something is missing in, in words. */
export function waitLine(status: NodeStatus, asked: string | undefined): string {
  const nameOf: NameOf = (id) => status.devices.find((one) => one.id === id)?.name ?? id;
  const folders = status.folders.filter(
    ({ id, label }) => asked === undefined || id === asked || label === asked,
  );
  for (const folder of folders) {
    const [line] = progressLines(folder, nameOf);
    if (line !== undefined) return shortened(`${folder.label}: ${line}`);
  }
  const [late] = folders.filter((folder) => standing(folder) !== '');
  return late === undefined ? '' : shortened(`${late.label}: ${standing(late)}`);
}

function standing({ needFiles, unarchivedFiles, stateReason }: FolderStatus): string {
  if (stateReason !== '') return stateReason;
  if (needFiles > 0) return `${countText(needFiles, 'file')} still to come.`;
  return unarchivedFiles > 0 ? `${countText(unarchivedFiles, 'version')} not archived yet.` : '';
}

/** A line that wraps could not be written over. */
function shortened(line: string): string {
  return line.length > maxLineCharacters ? `${line.slice(0, maxLineCharacters - 1)}…` : line;
}

/** Until the next look, or until the signal has aborted. */
export function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      timer.cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.setTimer(lookEveryMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
