/** Opens the page for a person who sits at the machine; anywhere else it does nothing. */
import { spawn } from 'node:child_process';
import type { VerbContext } from './verb.js';

/** `link` opens once, so that its showing up in a list of processes gives nothing away for long. */
export function openBrowser(link: string, { environment, output }: VerbContext): void {
  const { variables, stdoutIsTerminal } = environment;
  const hasDisplay = Boolean(variables.DISPLAY || variables.WAYLAND_DISPLAY);
  if (!stdoutIsTerminal || !hasDisplay || output.json || output.quiet) return;
  const opener = spawn('xdg-open', [link], { detached: true, stdio: 'ignore' });
  opener.on('error', () => output.note('No browser was opened: xdg-open is not here.'));
  opener.unref();
}
