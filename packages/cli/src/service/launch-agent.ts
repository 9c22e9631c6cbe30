/** A property list for launchd on macOS (launchd.plist(5)): an agent of a user, or a daemon. Pure. */
import { join } from 'node:path';
import { shellWord } from '../shell-word.js';
import { markFor, nodeCommand, type Service, type ServiceFacts } from './service.js';
import { xmlComment, xmlText } from './xml-text.js';

const label = 'org.holdfast.node';

export function launchAgent(facts: ServiceFacts): Service {
  const { isSystem, configuration, owner, home } = facts;
  const directory = isSystem ? '/Library/LaunchDaemons' : join(configuration, 'LaunchAgents');
  const path = join(directory, `${label}.plist`);
  const [sudo, domain] = isSystem ? ['sudo ', 'system'] : ['', 'gui/$(id -u)'];
  return {
    path,
    text: propertyList(facts),
    mark: xmlComment(markFor(home)),
    encoding: 'utf8',
    traces: [],
    about: [`It runs as ${owner}, and is started again when it ends badly.`],
    start: [
      {
        command: `${sudo}launchctl bootstrap ${domain} ${shellWord(path)}`,
        why: isSystem ? 'starts it, now and at every start' : 'starts it, now and at every login',
      },
    ],
    stop: [{ command: `${sudo}launchctl bootout ${domain}/${label}`, why: 'ends the node' }],
  };
}

function propertyList(facts: ServiceFacts): string {
  const { home, isSystem, owner } = facts;
  const log = xmlText(join(home, 'logs/service.log'));
  const words = nodeCommand(facts).map((word) => `    <string>${xmlText(word)}</string>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<!-- ${xmlComment(markFor(home))} -->`,
    '<plist version="1.0">',
    '<dict>',
    `  <key>Label</key><string>${label}</string>`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...words,
    '  </array>',
    ...(isSystem ? [`  <key>UserName</key><string>${xmlText(owner)}</string>`] : []),
    '  <key>RunAtLoad</key><true/>',
    '  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>',
    '  <key>ThrottleInterval</key><integer>5</integer>',
    '  <key>ProcessType</key><string>Background</string>',
    `  <key>StandardErrorPath</key><string>${log}</string>`,
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}
