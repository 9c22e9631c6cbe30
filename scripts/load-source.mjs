/** Loads a module of the tests as they run it: from source, with the packages from source. */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `path` is relative to the repository. */
export async function loadSource(path) {
  const { module } = await runnerImport(`${root}${path}`, {
    configFile: false,
    root,
    resolve: {
      alias: [
        { find: /^@holdfast\/([a-z0-9-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
        {
          find: /^@holdfast\/([a-z0-9-]+)\/([a-z0-9-]+)$/,
          replacement: `${root}packages/$1/src/$2.ts`,
        },
      ],
    },
  });
  return module;
}
