/** What moves in a folder, in figures that tests put into words. */

export const nothingMoves = { scan: null, receiving: null, sending: [] };

/** Three quarters are done. */
export const exampleTransfer = {
  files: 312,
  bytes: 240_000_000,
  totalFiles: 400,
  totalBytes: 960_000_000,
  bytesPerSecond: 12_000_000,
  secondsLeft: 20,
};
