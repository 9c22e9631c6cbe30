/** The memory of a process, in bytes (Linux, proc_pid_status(5)). */
import { readFileSync } from 'node:fs';

/** What of it lies in memory now. */
export function residentBytes(pid) {
  return statusBytes(pid, 'VmRSS');
}

/** What of that is no part of a file: the kernel cannot take it back. */
export function ownBytes(pid) {
  return statusBytes(pid, 'RssAnon');
}

/** The most that it was so far. */
export function peakResidentBytes(pid) {
  return statusBytes(pid, 'VmHWM');
}

function statusBytes(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1];
  return Number(kilobytes ?? 0) * 1024;
}
