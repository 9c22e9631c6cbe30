/**
 * What a process loads, in a few files. A node is a thousand modules: to find, read and compile each
 * by itself took 0.6 s of processor time and 30 MB at each start (docs/decisions/0035). Packages
 * that bring files of their own, native code above all, are loaded from where they lie.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Loaded by path: by whoever starts a process, or a thread. */
const entries = {
  main: `${here}dist/main.js`,
  'bulk-worker': `${here}../node/dist/bulk-worker.js`,
};

/** One character beyond Latin-1, and V8 holds the whole file with two bytes for each. */
const latin: Plugin = {
  name: 'latin',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\xff]/g, escaped);
    }
  },
};

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export default defineConfig({
  root: here,
  publicDir: false,
  plugins: [latin],
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'bundle',
    sourcemap: false,
    rolldownOptions: {
      input: entries,
      output: {
        minify: 'dce-only',
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
      },
    },
  },
  ssr: {
    noExternal: true,
    external: ['@napi-rs/blake-hash', '@parcel/watcher', 'classic-level', 'pino'],
  },
});
