#!/usr/bin/env node
/** The executable: checks the runtime, builds a checkout that needs it, then runs the command line. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Holdfast needs Node 20.19 or newer; this is ${process.versions.node}.\n` +
      'Install a newer one, for example from https://nodejs.org, and try again.\n',
  );
  process.exit(1);
}

const { buildIfNeeded } = await import('./build-if-needed.mjs');
if (!buildIfNeeded()) process.exit(1);

if (process.argv.includes('up')) {
  const { keepYoungGenerationSmall } = await import('./young-generation.mjs');
  keepYoungGenerationSmall();
  const { keepInliningSmall } = await import('./small-inlining.mjs');
  keepInliningSmall();
}

const { keepCompiled } = await import('./compile-cache.mjs');
keepCompiled();
const { main } = await import('../bundle/main.js');
const exitCode = await main();
// What was written must reach a slow reader before the process ends.
await Promise.all(
  [process.stdout, process.stderr].map(
    (stream) => new Promise((resolve) => (stream.writable ? stream.write('', resolve) : resolve())),
  ),
);
process.exit(exitCode);
