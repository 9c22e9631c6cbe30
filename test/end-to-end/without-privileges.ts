/**
 * Permissions count for every user but root. As root, this prefix takes away the right to pass them
 * over and leaves the rest; as anyone else it is empty.
 */
const rights = '-dac_override,-dac_read_search';

export const withoutPrivileges: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', `--bounding-set=${rights}`, `--inh-caps=${rights}`] : [];
