/** Waiting until folders are in sync with every connected member, and until archives cover them. */
import { AppError, type Clock } from '@holdfast/platform';
import { archiveMembers, type FolderEngine } from '@holdfast/sync-engine';

export interface WaitRequest {
  readonly folders: readonly FolderEngine[];
  readonly archived: boolean;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether a member that is connected is about to have its part in the folder. */
  readonly isLinking: (folder: FolderEngine) => boolean;
}

/** Looks again whenever something changed, and at least this often. */
const lookIntervalMs = 200;

/** Rejects with `wait_timeout`, `no_archive`, or the signal's reason. */
export async function waitForSync(
  request: WaitRequest,
  clock: Clock,
  changed: () => Promise<void>,
): Promise<void> {
  const startMs = clock.monotonic();
  for (;;) {
    request.signal?.throwIfAborted();
    if (request.archived) requireArchives(request.folders);
    refuseToWaitForAnswers(request.folders);
    if (request.folders.every((folder) => isDone(folder, request))) return;
    const passedMs = clock.monotonic() - startMs;
    if (request.timeoutMs !== undefined && passedMs >= request.timeoutMs) {
      throw new AppError('wait_timeout', timeoutMessage(request), {
        kind: 'retry',
        hint: 'It goes on in the background. See what is missing with: holdfast status',
      });
    }
    await nextLook(clock, changed, remainingMs(request.timeoutMs, passedMs));
  }
}

function remainingMs(timeoutMs: number | undefined, passedMs: number): number {
  if (timeoutMs === undefined) return lookIntervalMs;
  return Math.max(1, Math.min(lookIntervalMs, timeoutMs - passedMs));
}

async function nextLook(clock: Clock, changed: () => Promise<void>, waitMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.setTimer(waitMs, resolve);
    void changed().then(() => {
      timer.cancel();
      resolve();
    });
  });
}

/** Shared with nobody, there is nobody to wait for; a scan that has ended is enough. */
function isDone(folder: FolderEngine, { archived, isLinking }: WaitRequest): boolean {
  const settled = folder.tree === undefined || folder.tree.isSettled;
  const alone = folder.config.members.length === 0;
  const inSync = alone ? settled && folder.stopReason === '' : folder.isInSync();
  if (!inSync || isLinking(folder)) return false;
  return !archived || folder.config.archive || folder.isCovered();
}

/** With `archived` there must be an archive to wait for, or a member that may yet turn out to be one. */
function requireArchives(folders: readonly FolderEngine[]): void {
  for (const folder of folders) {
    if (folder.config.archive) continue;
    const { archives, unknown } = archiveMembers(folder);
    if (archives + unknown > 0) continue;
    throw new AppError('no_archive', `No archive keeps the history of "${folder.config.label}".`, {
      hint: 'Share it with a device and accept it there with: holdfast folder accept FOLDER --archive',
    });
  }
}

/** Nothing goes on by itself while a person's answer is missing. */
function refuseToWaitForAnswers(folders: readonly FolderEngine[]): void {
  for (const { config, massChanges } of folders) {
    if (massChanges.open().length === 0) continue;
    throw new AppError(
      'needs_confirmation',
      `A mass change in "${config.label}" waits for an answer.`,
      {
        hint: 'See what it is with: holdfast status. Then: holdfast folder confirm FOLDER, or holdfast folder reject FOLDER',
      },
    );
  }
}

function timeoutMessage(request: WaitRequest): string {
  const { folders, archived } = request;
  const late = folders.filter((folder) => !isDone(folder, request));
  const names = late.map((folder) => `"${folder.config.label}"`).join(', ');
  return `Time is up: ${names} ${archived ? 'is not archived' : 'is not in sync'} yet.`;
}
