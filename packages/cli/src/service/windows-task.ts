/**
 * A task for the scheduler of Windows (Task Scheduler Schema 1.2), which starts the node when its user
 * logs on. The file lies in the home; `schtasks` takes it over. Pure.
 */
import { win32 } from 'node:path';
import { markFor, nodeCommand, type Service, type ServiceFacts } from './service.js';
import { xmlText } from './xml-text.js';

const taskName = 'Holdfast';

export function windowsTask(facts: ServiceFacts): Service {
  const path = win32.join(facts.home, 'holdfast-task.xml');
  return {
    path,
    text: taskText(facts),
    mark: xmlText(markFor(facts.home)),
    encoding: 'utf16le',
    traces: [],
    about: [
      `It runs as ${facts.owner} from each logon on, and is started again when it ends badly.`,
    ],
    start: [
      {
        command: `schtasks /Create /TN ${taskName} /XML "${path}"`,
        why: 'has Windows take it over',
      },
      { command: `schtasks /Run /TN ${taskName}`, why: 'starts it now' },
    ],
    stop: [
      { command: `schtasks /End /TN ${taskName}`, why: 'ends the node, if it runs' },
      { command: `schtasks /Delete /TN ${taskName} /F`, why: 'has Windows forget it' },
    ],
  };
}

function taskText(facts: ServiceFacts): string {
  const [runtime = '', ...given] = nodeCommand(facts);
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    `    <Description>${xmlText(markFor(facts.home))}</Description>`,
    '  </RegistrationInfo>',
    '  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    '      <LogonType>InteractiveToken</LogonType>',
    '      <RunLevel>LeastPrivilege</RunLevel>',
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>',
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    `      <Command>${xmlText(runtime)}</Command>`,
    `      <Arguments>${xmlText(given.map(argument).join(' '))}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ].join('\n');
}

/** As CommandLineToArgvW reads it: backslashes count before a quote only. */
function argument(text: string): string {
  if (/^[\w.:\\/-]+$/.test(text)) return text;
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
