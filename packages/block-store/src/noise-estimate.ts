/**
 * Whether bytes look like noise (photos, films, archives, encrypted data), from a sample of them:
 * compressing a whole block only to find that out costs more than everything else done with it.
 */

const sampleBytes = 4096;
const sampledPlaces = 8;
/** Not believed from fewer: too few byte values can be seen. */
const smallestSampleBytes = 1024;
/** Of noise, a sample shows 7.95 to 8.05 bits a byte; 7.6 would let Huffman coding alone save 5 %. */
const noiseBitsPerByte = 7.8;

/** Whether the byte values are spread so evenly that compression would hardly save anything. */
export function looksLikeNoise(bytes: Uint8Array): boolean {
  if (bytes.length < smallestSampleBytes) return false;
  return bitsPerByte(countSample(bytes)) >= noiseBitsPerByte;
}

interface Sample {
  readonly counts: Uint16Array;
  readonly total: number;
}

/** Pieces from all over the block: a block may be half noise. */
function countSample(bytes: Uint8Array): Sample {
  const counts = new Uint16Array(256);
  const total = Math.min(bytes.length, sampleBytes);
  const pieceBytes = Math.floor(total / sampledPlaces);
  const stride = (bytes.length - pieceBytes) / (sampledPlaces - 1);
  for (let place = 0; place < sampledPlaces; place += 1) {
    const from = Math.floor(place * stride);
    for (let at = from; at < from + pieceBytes; at += 1) {
      const value = bytes[at] ?? 0;
      counts[value] = (counts[value] ?? 0) + 1;
    }
  }
  return { counts, total: pieceBytes * sampledPlaces };
}

/** Shannon entropy with the correction for small samples of Miller (1955). */
function bitsPerByte({ counts, total }: Sample): number {
  let sum = 0;
  let seen = 0;
  for (const count of counts) {
    if (count === 0) continue;
    seen += 1;
    sum += count * Math.log2(count);
  }
  return Math.log2(total) - sum / total + (seen - 1) / (2 * total * Math.LN2);
}
