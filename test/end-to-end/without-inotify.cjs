/** Preloaded into a node, whose kernel then has no inotify(7), like that of some containers. */
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

fs.watch = (path) => {
  const message = `ENOSYS: function not implemented, watch '${path}'`;
  throw Object.assign(new Error(message), { code: 'ENOSYS', syscall: 'watch' });
};
syncBuiltinESMExports();
