/** Preloaded into a node, for which there is then no build of the native watcher. */
const Module = require('node:module');

const load = Module._load;
Module._load = (request, ...rest) => {
  if (/^@parcel\/watcher-|\/watcher\.node$/.test(request)) {
    throw new Error(`${request} has no build for this platform`);
  }
  return load(request, ...rest);
};
