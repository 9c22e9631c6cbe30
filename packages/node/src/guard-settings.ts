/** From when on the guard against mass changes asks: as it is stored, shown and counted with. */
import type { MassChangeLimits } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { GuardChange, GuardSettings } from './mass-change-answers.js';
import { defaultGuard, type StoredGuard } from './node-config.js';

const maxWindowMinutes = 7 * 24 * 60;

export function massChangeLimits(guard: StoredGuard | null): MassChangeLimits | undefined {
  if (guard === null) return undefined;
  const { files, sharePercent, windowMinutes } = guard;
  return { files, sharePercent, windowMs: windowMinutes * 60_000 };
}

export function guardSettings(limits: MassChangeLimits | undefined): GuardSettings | null {
  if (limits === undefined) return null;
  const { files, sharePercent, windowMs } = limits;
  return { files, sharePercent, windowMinutes: windowMs / 60_000 };
}

/** Throws `usage` for what makes no sense; null: nobody is asked. */
export function changedGuard(
  before: StoredGuard | null,
  wanted: GuardChange | null,
): StoredGuard | null {
  if (wanted === null) return null;
  const guard = guardWith(before ?? defaultGuard, wanted);
  checkGuard(guard);
  return guard;
}

function guardWith(before: GuardSettings, wanted: GuardChange): GuardSettings {
  return {
    files: wanted.files ?? before.files,
    sharePercent: wanted.sharePercent ?? before.sharePercent,
    windowMinutes: wanted.windowMinutes ?? before.windowMinutes,
  };
}

function checkGuard(guard: GuardSettings): void {
  const { files, sharePercent, windowMinutes } = guard;
  if (!Number.isInteger(files) || files < 1) throw guardUsage('a whole number of files, from 1');
  if (!(sharePercent >= 0 && sharePercent <= 100)) throw guardUsage('a share from 0 to 100');
  const isWindow = windowMinutes >= 0.1 && windowMinutes <= maxWindowMinutes;
  if (!isWindow) throw guardUsage('a window from 0.1 minutes to a week');
}

function guardUsage(wanted: string): AppError {
  return new AppError('usage', `The guard against mass changes takes ${wanted}.`, {
    hint: 'Nothing was changed. For example: --guard-files 200 --guard-share 25 --guard-window 10',
  });
}
