/** The options that every question about history takes. */
import type { HistoryQuery } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import { type Command, Option } from 'commander';

export interface HistoryOptions {
  readonly at?: string;
  readonly version?: string;
  readonly storeId?: string;
  readonly store?: string;
}

export function withMoment(command: Command): Command {
  return command.addOption(new Option('--at <time>', 'as of a TIME'));
}

export function withVersion(command: Command): Command {
  return command.addOption(
    new Option('--version <version>', 'one version, as log names it').conflicts('at'),
  );
}

export function withStore(command: Command): Command {
  return command
    .option('--store-id <id>', 'ask this store')
    .option('--store <dir>', "open an archive's store by itself, read-only; no node is asked");
}

/** TIME goes to the node as it was typed: the node reads it. */
export function historyQuery(path: string, options: HistoryOptions): HistoryQuery {
  if (path === '') {
    throw new AppError('usage', 'PATH is FOLDER or FOLDER/dir/file.');
  }
  return { path, at: options.at, version: options.version, storeId: options.storeId };
}
