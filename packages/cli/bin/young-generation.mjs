/**
 * A node begins with a young generation of twice 4 MB. V8 lets it grow to twice 16 MB within two
 * seconds, and takes another limit from the command line of `node` alone; but how fast it grows it
 * asks each time. So it is brought to the size that is wanted, and told to grow no more. Decision 0030.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const wantedBytes = 8 * 1024 * 1024;
/** Where a runtime does not grow it by then, a node runs with what there is. */
const maxRounds = 50;

export function keepYoungGenerationSmall() {
  for (let round = 0; round < maxRounds && youngBytes() < wantedBytes; round += 1) makeSurvivors();
  setFlagsFromString('--semi-space-growth-factor=1');
}

function youngBytes() {
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  return young?.space_size ?? wantedBytes;
}

/** It grows where much outlives a collection. */
function makeSurvivors() {
  return Array.from({ length: 20_000 }, (_, number) => ({ number }));
}
