/**
 * What a person should do next for a folder: one step at most, the address of it, and what is safe
 * meanwhile. Pure. A folder that needs nobody has none.
 */
import { differsByMode } from './folder-answers.js';
import type { Device, Folder } from './node-state.js';
import { countWords, listWords, shellWord } from './plain-words.js';

export interface StepAction {
  readonly label: string;
  /** Where the request goes, and what it says. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Asked first: what it does, and the word that does it. */
  readonly asks?: { readonly text: string; readonly yes: string };
}

export interface NextStep {
  readonly text: string;
  readonly actions: readonly StepAction[];
  /** To be typed on this device, or on `commandDevice`. */
  readonly commands?: readonly string[];
  readonly commandDevice?: string;
  /** Leads to pairing, on this page. */
  readonly pairs?: boolean;
}

const maxShareActions = 3;

export function nextStep(folder: Folder, devices: readonly Device[]): NextStep | undefined {
  return stateStep(folder, devices) ?? sharingStep(folder, devices);
}

function stateStep(folder: Folder, devices: readonly Device[]): NextStep | undefined {
  switch (folder.state) {
    case 'stopped':
      return {
        text:
          'While it is stopped nothing of it is sent, and nothing is deleted anywhere. Bring the ' +
          'directory or the disk back to where it was: then it goes on by itself.',
        actions: [lookAgain(folder)],
      };
    case 'out-of-sync':
      if (differsByMode(folder)) return modeStep(folder);
      return {
        text:
          'Everything else goes on. What is named above stays as it is until it can be read and ' +
          'written here; put that in order, then let the node look again.',
        actions: [lookAgain(folder)],
      };
    case 'needs-confirmation':
      return {
        text:
          'The rest of it waits, and archives have what was before. Your answer holds for every ' +
          'device that shares the folder; putting it back beats taking it over.',
        actions: [
          { label: 'No, put everything back', path: '/rest/folders/reject', body: named(folder) },
          { label: 'Yes, it was meant', path: '/rest/folders/confirm', body: named(folder) },
        ],
      };
    case 'paused':
      return {
        text: 'Nothing of it is sent or received while it is paused.',
        actions: [{ label: 'Go on', path: '/rest/folders/resume', body: { folder: folder.id } }],
      };
    case 'waiting':
      return { text: whomToSwitchOn(folder, devices), actions: [] };
    default:
      return undefined;
  }
}

/** What stands there because of the mode: it is safe, and waits for a person. */
function modeStep(folder: Folder): NextStep {
  return folder.mode === 'send-only' ? overrideStep(folder) : revertStep(folder);
}

function overrideStep(folder: Folder): NextStep {
  const files = countWords(folder.needFiles, 'file');
  const { id } = folder;
  return {
    text:
      'This folder only sends: what others change is not taken over. Nothing is lost on either ' +
      "side. You can make this device's files win everywhere.",
    actions: [
      {
        label: 'Override the others',
        path: '/rest/folders/override',
        body: { folder: id },
        asks: {
          text:
            `On the other devices ${files} will be replaced by this device's, or deleted where ` +
            'this device has none. What was there is kept aside until it is archived.',
          yes: `Override ${files}`,
        },
      },
    ],
  };
}

function revertStep(folder: Folder): NextStep {
  const files = countWords(folder.receiveOnlyChangedFiles, 'file');
  return {
    text:
      'This folder only receives: what is changed here stays here and is not sent. You can take ' +
      'it back, or send it by changing the mode of the folder.',
    actions: [
      {
        label: 'Revert local changes',
        path: '/rest/folders/revert',
        body: { folder: folder.id },
        asks: {
          text:
            `Here ${files} will be as on the other devices again: edits are undone, what was ` +
            'added goes, what was deleted comes back. What was here is kept aside until it is archived.',
          yes: `Revert ${files}`,
        },
      },
    ],
  };
}

function whomToSwitchOn(folder: Folder, devices: readonly Device[]): string {
  const away = devices.filter(({ id, connected }) => folder.members.includes(id) && !connected);
  if (away.length === 0) return 'It goes on when a device that has the rest is connected.';
  const names = listWords(
    away.map(({ name }) => name),
    'or',
  );
  return `It goes on by itself once ${names} is switched on and connected.`;
}

function sharingStep(folder: Folder, devices: readonly Device[]): NextStep | undefined {
  if (folder.archive) return undefined;
  if (folder.archives.length > 0) return undefined;
  if (devices.length === 0) {
    return {
      text: 'No other device is paired. Pair one that keeps a copy, best one with a disk of its own.',
      actions: [],
      pairs: true,
    };
  }
  const unasked = devices.filter(({ id }) => !folder.members.includes(id));
  if (folder.members.length === 0) {
    return {
      text: 'It is on this device only. Share it with a device that keeps a copy:',
      actions: shareActions(folder, unasked),
    };
  }
  return askedStep(folder, devices) ?? noArchiveStep(folder, unasked);
}

/** A member that is connected and does not keep the folder has not accepted it yet. */
function askedStep(folder: Folder, devices: readonly Device[]): NextStep | undefined {
  const asked = devices.find(
    ({ id, connected }) =>
      connected && folder.members.includes(id) && !folder.connectedMembers.includes(id),
  );
  if (asked === undefined) return undefined;
  return {
    text: `${asked.name} has not accepted it yet. Accept it on the page of ${asked.name}, or there in a terminal, as history:`,
    actions: [],
    commands: [`npx holdfast folder accept ${shellWord(folder.label)} --archive`],
    commandDevice: asked.name,
  };
}

function noArchiveStep(folder: Folder, unasked: readonly Device[]): NextStep | undefined {
  // One that is away may be an archive: nobody is sent off to look for another.
  if (folder.connectedMembers.length < folder.members.length) return undefined;
  const text =
    'No archive keeps its history yet: what is overwritten or deleted is kept aside on this disk ' +
    'only.';
  if (unasked.length === 0) {
    return {
      text: `${text} Pair one more device, and accept the folder there with "keep its history".`,
      actions: [],
      pairs: true,
    };
  }
  return {
    text: `${text} Share it with one more device, and choose "keep its history" there:`,
    actions: shareActions(folder, unasked),
  };
}

function shareActions(folder: Folder, devices: readonly Device[]): StepAction[] {
  return [...devices]
    .sort((a, b) => Number(b.connected) - Number(a.connected))
    .slice(0, maxShareActions)
    .map(({ id, name }) => ({
      label: `Share with ${name}`,
      path: '/rest/folders/share',
      body: { folder: folder.id, device: id },
    }));
}

function lookAgain(folder: Folder): StepAction {
  return { label: 'Look again', path: '/rest/folders/rescan', body: { folder: folder.id } };
}

function named(folder: Folder): { readonly folder: string } {
  return { folder: folder.id };
}
