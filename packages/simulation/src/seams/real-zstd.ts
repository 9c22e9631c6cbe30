/** zstd as a node has it: a function of its input alone, so that no world needs another. */
import type { Compressor } from '@holdfast/platform';
import { createZstd } from '@holdfast/platform-node';

export const realZstd: Compressor = createZstd();
