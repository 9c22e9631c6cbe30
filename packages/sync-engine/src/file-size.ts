/** Which files are fetched many at a time, and which one by one in windows. */
import type { FileContentRecord } from '@holdfast/model';

const smallFileBytes = 1024 * 1024;

export function isSmall({ sizeBytes, blocks }: FileContentRecord): boolean {
  return sizeBytes <= smallFileBytes && blocks.depth === 0;
}
