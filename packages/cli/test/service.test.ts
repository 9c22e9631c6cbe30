import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadNodeRunner } from '../src/node-runner.js';
import { launchAgent } from '../src/service/launch-agent.js';
import type { ServiceFacts } from '../src/service/service.js';
import { systemdUnit, writablePlaces } from '../src/service/systemd-unit.js';
import { windowsTask } from '../src/service/windows-task.js';
import { createFakeShell, type FakeShell } from './fake-environment.js';

const facts: ServiceFacts = {
  launch: ['/usr/bin/node', '/opt/50%/hold $fast/"x".mjs'],
  home: '/srv/my home',
  writable: ['/mnt/usb/photos', '/srv/my home/store', '/mnt/usb'],
  isSystem: false,
  owner: 'ada',
  configuration: '/home/ada/.config',
};

/** The values of a setting, in order. */
function settings(text: string, key: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
}

describe('a unit of systemd', () => {
  const unit = systemdUnit(facts);

  test('starts the program as it was started, each word for itself', () => {
    expect(settings(unit.text, 'ExecStart')).toEqual([
      '/usr/bin/node "/opt/50%%/hold $$fast/\\"x\\".mjs" --home "/srv/my home" --quiet up --no-browser',
    ]);
    expect(settings(unit.text, 'Restart')).toEqual(['on-failure']);
  });

  test('writes to the home and the folders only, each named once', () => {
    expect(settings(unit.text, 'ProtectSystem')).toEqual(['strict']);
    expect(settings(unit.text, 'ReadWritePaths')).toEqual(['"-/srv/my home"', '-/mnt/usb']);
    expect(writablePlaces(['/a', '/a', '/a/b', '/ab', '/'])).toEqual(['/']);
    expect(writablePlaces(['/a/b', '/a', '/ab'])).toEqual(['/a', '/ab']);
  });

  test('is shut in, but may compile while it runs', () => {
    for (const line of ['NoNewPrivileges=yes', 'PrivateTmp=yes', 'MemoryMax=1G']) {
      expect(unit.text.split('\n')).toContain(line);
    }
    expect(settings(unit.text, 'RestrictAddressFamilies')[0]).toContain('AF_NETLINK');
    expect(unit.text).not.toContain('MemoryDenyWriteExecute');
  });

  test('has the temporary directory of all where the home or a folder lies in it', () => {
    const { text } = systemdUnit({ ...facts, writable: ['/tmp/docs'] });
    expect(settings(text, 'PrivateTmp')).toEqual([]);
  });

  test("of a user takes no right that only the machine's systemd can take", () => {
    expect([unit.path, settings(unit.text, 'User')]).toEqual([
      '/home/ada/.config/systemd/user/holdfast.service',
      [],
    ]);
    expect(unit.text).not.toMatch(
      /CapabilityBoundingSet|PrivateDevices|ProtectKernel|ProtectClock/,
    );
    expect(unit.start.map(({ command }) => command)).toContain('loginctl enable-linger');
  });

  test("of the machine runs as the home's user, with no rights of root", () => {
    const machine = systemdUnit({ ...facts, isSystem: true });
    expect(machine.path).toBe('/etc/systemd/system/holdfast.service');
    expect(settings(machine.text, 'User')).toEqual(['ada']);
    expect(settings(machine.text, 'CapabilityBoundingSet')).toEqual(['']);
    expect(settings(machine.text, 'WantedBy')).toEqual(['multi-user.target']);
  });

  test('no name can add a line', () => {
    const { text } = systemdUnit({ ...facts, home: '/srv/x\nUser=root\n# ', isSystem: true });
    expect(settings(text, 'User')).toEqual(['ada']);
  });
});

test('an agent of launchd has every word as text', () => {
  const agent = launchAgent({ ...facts, home: '/Users/ada/a--b & <c>' });
  expect(agent.text).toContain(
    '<string>--home</string>\n    <string>/Users/ada/a--b &amp; &lt;c&gt;</string>',
  );
  expect(agent.text).toContain(
    '<!-- Written by holdfast install-service for the home &quot;/Users/ada/a-&#45;b',
  );
  expect(agent.text).toContain('<key>SuccessfulExit</key><false/>');
  expect(agent.text).not.toContain('UserName');
  expect(launchAgent({ ...facts, isSystem: true }).text).toContain('<string>ada</string>');
});

test('a task of Windows has its arguments in one line, quoted where they need it', () => {
  const launch = ['C:\\Program Files\\node.exe', 'C:\\hold fast\\holdfast.mjs'];
  const task = windowsTask({ ...facts, launch, home: 'C:\\Users\\Ada L\\' });
  expect(task.text).toContain('<Command>C:\\Program Files\\node.exe</Command>');
  expect(task.text).toContain(
    '<Arguments>&quot;C:\\hold fast\\holdfast.mjs&quot; --home &quot;C:\\Users\\Ada L\\\\&quot; --quiet up --no-browser</Arguments>',
  );
  expect([task.path, task.encoding]).toEqual(['C:\\Users\\Ada L\\holdfast-task.xml', 'utf16le']);
});

describe('install-service and uninstall-service', () => {
  let shell: FakeShell;
  let configuration: string;
  let unit: string;
  beforeEach(async () => {
    shell = createFakeShell();
    configuration = join(shell.home, 'configuration');
    unit = join(configuration, 'systemd/user/holdfast.service');
    const { initHome } = await loadNodeRunner();
    await initHome({ home: shell.home, name: 'laptop' });
  });
  afterEach(() => shell.remove());

  async function run(...args: readonly string[]) {
    const variables = { XDG_CONFIG_HOME: configuration };
    const platform = ['--platform', 'linux'];
    const ran = await shell.run([...args, ...platform, '--json'], { variables });
    const text = ran.code === 0 ? ran.out : ran.err;
    return { code: ran.code, answer: JSON.parse(text) };
  }

  test('what is written is taken back, with what systemd made beside it', async () => {
    const dry = await run('install-service', '--dry-run');
    expect([dry.code, dry.answer.written, existsSync(unit)]).toEqual([0, false, false]);
    const { code, answer } = await run('install-service', '--writable', '/mnt/usb');
    expect([code, answer.path, answer.written]).toEqual([0, unit, true]);
    const text = readFileSync(unit, 'utf8');
    expect(answer.text).toBe(text);
    expect(settings(text, 'ReadWritePaths')).toEqual([`-${shell.home}`, '-/mnt/usb']);
    expect(settings(text, 'ExecStart')[0]).toMatch(/^\/usr\/bin\/node "\/opt\/hold fast\//);
    expect(answer.next).toContain('systemctl --user enable --now holdfast.service');
    expect((await run('install-service')).code).toBe(0);

    const wants = join(configuration, 'systemd/user/default.target.wants');
    mkdirSync(wants);
    symlinkSync(unit, join(wants, 'holdfast.service'));
    expect((await run('uninstall-service', '--dry-run')).answer.removed).toBe(false);
    expect((await run('uninstall-service')).answer).toMatchObject({ path: unit, removed: true });
    expect([existsSync(unit), existsSync(join(wants, 'holdfast.service'))]).toEqual([false, false]);
    expect((await run('uninstall-service')).answer.error.code).toBe('service_missing');
  });

  test("another home's unit, and one that a person wrote, stay as they are", async () => {
    await run('install-service');
    const mine = readFileSync(unit, 'utf8');
    const others = [
      mine.replaceAll(shell.home, `${shell.home}2`),
      '[Service]\nExecStart=/bin/true\n',
    ];
    for (const text of others) {
      writeFileSync(unit, text);
      for (const verb of ['install-service', 'uninstall-service']) {
        const { code, answer } = await run(verb);
        expect([verb, code, answer.error.code]).toEqual([verb, 1, 'service_of_another']);
      }
      expect(readFileSync(unit, 'utf8')).toBe(text);
    }
  });

  test('a home that is not there, or cannot be opened, gets no service', async () => {
    writeFileSync(join(shell.home, 'identity.key'), 'x');
    expect((await run('install-service')).answer.error.code).toBe('home_unusable');
    rmSync(shell.home, { recursive: true });
    expect((await run('install-service')).answer.error.code).toBe('home_missing');
    expect(existsSync(unit)).toBe(false);
    mkdirSync(shell.home);
  });

  test("another system's service is said, not written", async () => {
    const variables = { HOME: shell.home };
    const given = ['install-service', '--platform', 'macos', '--json'];
    const ran = await shell.run(given, { variables });
    const { path, written, next } = JSON.parse(ran.out);
    expect([written, path]).toEqual([
      false,
      join(shell.home, 'Library/LaunchAgents/org.holdfast.node.plist'),
    ]);
    expect(existsSync(path)).toBe(false);
    expect(next[0]).toContain('launchctl bootstrap');
  });

  test('a person is told what to type next', async () => {
    const variables = { XDG_CONFIG_HOME: configuration };
    const { out } = await shell.run(['install-service', '--platform', 'linux'], { variables });
    expect(out).toContain(`${unit} was written.`);
    expect(out).toContain('  systemctl --user enable --now holdfast.service');
    expect(out).toContain('It can write in these places only:');
    expect(out.replaceAll('\n', ' ')).toContain('holds for a unit of the machine (--system)');
    const machine = ['install-service', '--platform', 'linux', '--system', '--dry-run'];
    const said = (await shell.run(machine, { variables })).out.replaceAll('\n', ' ');
    expect(said).not.toContain('holds for a unit of the machine');
  });
});
