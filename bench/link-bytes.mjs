/** What went over the connections between two processes, both ways, as the kernel counts it (Linux, `ss`). */
import { execFileSync } from 'node:child_process';

/** Of the connections that are open to one of the ports on loopback. */
export function linkBytes(ports) {
  const which = ports.map((port) => `sport = :${port}`).join(' or ');
  const said = execFileSync('ss', ['-Htin', 'state', 'established', which], { encoding: 'utf8' });
  let total = 0;
  for (const [, bytes] of said.matchAll(/bytes_(?:acked|received):(\d+)/g)) total += Number(bytes);
  return total;
}
