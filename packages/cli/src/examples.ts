/** What people type, for the help of each verb. A test holds every line against the verb. */
import type { Command } from 'commander';

const start = 'npx holdfast';

/** By the words of the verb; each line is what follows `npx holdfast`. */
const examples: Readonly<Record<string, readonly string[]>> = {
  init: ['init --name laptop'],
  up: ['up', 'up --gui 127.0.0.1:0 --listen /ip4/0.0.0.0/tcp/22601 --no-mdns'],
  stop: ['stop'],
  status: ['status', 'status --json'],
  wait: ['wait', 'wait Documents --archived --timeout 60'],
  page: ['page'],
  paths: ['paths --json'],
  doctor: ['doctor', 'doctor --json'],
  'uninstall-service': ['uninstall-service --dry-run', 'uninstall-service'],
  'device invite': ['device invite', 'device invite --other', 'device invite --expires 2h'],
  'device join': ['device join holdfast:...'],
  'device list': ['device list'],
  'device pending': ['device pending'],
  'device accept': ['device accept nas', 'device accept tablet --mine'],
  'device mark': ['device mark tablet mine', 'device mark nas other'],
  'device revoke': ['device revoke laptop'],
  'device confirm': ['device confirm laptop'],
  'device lift': ['device lift pi'],
  'device rename': ['device rename 12D3KooWAbcd attic'],
  'device remove': ['device remove attic'],
  'device address': ['device address pi add /ip4/192.168.1.7/tcp/22600'],
  'folder add': ['folder add ~/Documents', 'folder add ~/Camera --label Photos --mode send-only'],
  'folder list': ['folder list'],
  'folder share': ['folder share Documents pi'],
  'folder unshare': ['folder unshare Documents pi'],
  'folder offers': ['folder offers'],
  'folder accept': ['folder accept Documents ~/Documents', 'folder accept Documents --archive'],
  'folder remove': ['folder remove Documents'],
  'folder rescan': ['folder rescan Documents'],
  'folder pause': ['folder pause Documents'],
  'folder resume': ['folder resume Documents'],
  'folder confirm': ['folder confirm Documents'],
  'folder reject': ['folder reject Documents'],
  'folder override': ['folder override Photos --dry-run'],
  'folder revert': ['folder revert Documents --dry-run'],
  'folder set': ['folder set Documents --copies 2', 'folder set Documents --watch polling'],
  'folder ignore': ['folder ignore Documents', 'folder ignore Documents --test build/a.o'],
  'folder held': ['folder held Documents'],
  'folder conflicts': ['folder conflicts Documents'],
  'folder problems': ['folder problems Documents'],
  log: ['log Documents/letter.txt'],
  ls: ['ls Documents --deleted', 'ls Documents/letters --at "yesterday 14:00"'],
  cat: ['cat Documents/letter.txt --at 2h', 'cat Documents/letter.txt --version 7883ac53'],
  diff: ['diff Documents/letter.txt 1d0c5e12 7883ac53'],
  where: ['where Documents/letter.txt'],
  restore: ['restore Documents --at 2h', 'restore Documents/letter.txt --at 3d --to ~/back'],
  undo: ['undo laptop --since "yesterday 14:00" Documents --dry-run'],
  'archive status': ['archive status'],
  'archive rebuild-index': ['archive rebuild-index'],
  'archive thin': ['archive thin Documents --keep all=3d,hourly=24,daily=30,monthly=always'],
  'archive compact': ['archive compact'],
  verify: ['verify', 'verify --sample 5%'],
  drill: ['drill', 'drill Documents --files 50'],
};

/** To every verb that has any; a verb may say more in its own help. */
export function addExamples(command: Command, above = ''): void {
  for (const child of command.commands) {
    const words = `${above} ${child.name()}`.trim();
    const lines = examples[words] ?? [];
    if (lines.length > 0) child.addHelpText('after', helpText(lines));
    addExamples(child, words);
  }
}

function helpText(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${start} ${line}`).join('\n')}`;
}
