/** `holdfast cat`: the bytes of one version on stdout, whatever the flags. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileErrorCode } from '@holdfast/platform';
import { withHistory } from '../history-access.js';
import {
  type HistoryOptions,
  historyQuery,
  withMoment,
  withStore,
  withVersion,
} from '../history-options.js';
import type { AddVerb } from '../verb.js';

export const addCat: AddVerb = (program, bind) => {
  const cat = program
    .command('cat')
    .description('write a version of a file to stdout')
    .argument('<path>', 'FOLDER/dir/file');
  withStore(withVersion(withMoment(cat))).action(
    bind(async (context, path: string, options: HistoryOptions) => {
      const query = historyQuery(path, options);
      await withHistory(context, options, async (history) => {
        const { bytes } = await history.cat(query);
        await writeAll(bytes, context.environment.stdout);
      });
      return undefined;
    }),
  );
};

/** Waits whenever the reader is slower, and ends without a word when it has left. */
async function writeAll(bytes: AsyncIterable<Uint8Array>, stdout: Writable): Promise<void> {
  for await (const chunk of bytes) {
    if (!stdout.writable) return;
    if (stdout.write(chunk)) continue;
    try {
      await once(stdout, 'drain');
    } catch (error) {
      if (fileErrorCode(error) === 'EPIPE') return;
      throw error;
    }
  }
}
