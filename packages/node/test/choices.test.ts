import { filePathFrom } from '@holdfast/platform';
import { MemoryDisk, MemoryFileSystem, MountTable } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { chooseDevice } from '../src/choose-device.js';
import { type FolderPlaceInit, folderPlace, futureFolderPlace } from '../src/folder-place.js';
import { parseHistoryPath } from '../src/history-path.js';

const head = '12D3KooW';
const devices = [
  { id: `${head}AbcdEfgh`, name: 'laptop' },
  { id: `${head}AbcdXyzw`, name: 'pi' },
  { id: `${head}Zzzzzzzz`, name: 'Abcd' },
];

describe('choosing a device', () => {
  test.each([
    ['laptop', 'laptop'],
    [`${head}AbcdXyzw`, 'pi'],
    ['AbcdX', 'pi'],
    [`${head}AbcdX`, 'pi'],
    ['Zzzz', 'Abcd'],
    ['Abcd', 'Abcd'],
  ])('"%s" is %s', (text, name) => {
    expect(chooseDevice(text, devices).name).toBe(name);
  });

  test('a beginning that several ids share names them all', () => {
    expect(() => chooseDevice(`${head}Abcd`, devices)).toThrow(
      expect.objectContaining({ code: 'ambiguous', message: expect.stringMatching(/laptop.*pi/) }),
    );
  });

  test.each(['', 'Zzz', head, 'lap', 'LAPTOP', 'zzzz'])('"%s" is nobody', (text) => {
    expect(() => chooseDevice(text, devices)).toThrow(
      expect.objectContaining({ code: 'device_unknown' }),
    );
  });
});

/**
 * /home/ada/photos is a folder, /home/ada/node the home, whose store was put on the disk at /usb;
 * /home/ada/link leads to /srv, /home/ada/gone nowhere, and /srv/node is the home by another name.
 */
function places() {
  const mounts = new MountTable(new MemoryDisk({ now: () => 0 }));
  const fileSystem = new MemoryFileSystem({ mounts });
  const made = ['/home', '/home/ada', '/home/ada/photos', '/home/ada/photos/in', '/srv', '/srv/x'];
  const more = ['/home/ada/node', '/home/ada/photos2', '/usb', '/usb/store', '/usb/other'];
  for (const path of [...made, ...more]) fileSystem.makeDirectory(filePathFrom(path));
  const links = [
    ['/home/ada/link', '/srv'],
    ['/home/ada/alias', '/home/ada/photos'],
    ['/home/ada/gone', '/nowhere'],
    ['/srv/node', '/home/ada/node'],
    ['/home/ada/node/store', '/usb/store'],
  ];
  for (const [from = '', to = ''] of links) fileSystem.makeSymlink(to, filePathFrom(from));
  fileSystem.close(fileSystem.open(filePathFrom('/home/ada/file'), 'create'));
  const init: FolderPlaceInit = {
    fileSystem,
    realPath: (path) => {
      const real = links.reduce(
        (shown, [from = '', to = '']) =>
          shown === from || shown.startsWith(`${from}/`) ? to + shown.slice(from.length) : shown,
        path,
      );
      // Throws where there is nothing.
      fileSystem.stat(filePathFrom(real));
      return real.length > 1 ? real.replace(/\/$/, '') : real;
    },
    home: filePathFrom('/srv/node'),
    others: [{ label: 'Photos', root: filePathFrom('/home/ada/alias') }],
  };
  return init;
}

describe('where a folder can be', () => {
  test.each([
    ['/home/ada/photos2', '/home/ada/photos2'],
    ['/home/ada/link', '/srv'],
    ['/srv/x/', '/srv/x'],
    ['/usb/other', '/usb/other'],
  ])('%s is taken as %s', (path, place) => {
    expect(folderPlace(path, places())).toBe(place);
    expect(futureFolderPlace(path, places())).toBe(place);
  });

  test.each([
    ['/srv/new/deep', '/srv/new/deep'],
    ['/home/ada/link/new', '/srv/new'],
    ['/new', '/new'],
  ])('%s, which does not exist yet, will be %s', (path, place) => {
    expect(futureFolderPlace(path, places())).toBe(place);
    expect(() => folderPlace(path, places())).toThrow(
      expect.objectContaining({ code: 'path_invalid' }),
    );
  });

  test.each([
    ['relative', 'path_invalid'],
    ['/home/ada/file', 'path_invalid'],
    ['/home/ada/photos', 'folder_exists'],
    ['/home/ada/alias', 'folder_exists'],
    ['/home/ada/photos/in', 'path_invalid'],
    ['/home/ada/alias/in', 'path_invalid'],
    ['/home/ada', 'path_invalid'],
    ['/', 'path_invalid'],
    ['/home/ada/node', 'path_invalid'],
    ['/srv/node', 'path_invalid'],
    ['/usb', 'path_invalid'],
    ['/usb/store', 'path_invalid'],
    ['/home/ada/gone', 'path_invalid'],
  ])('%s is refused (%s)', (path, code) => {
    expect(() => folderPlace(path, places())).toThrow(expect.objectContaining({ code }));
    expect(() => futureFolderPlace(path, places())).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    '/home/ada/photos/new',
    '/home/ada/alias/new',
    '/home/ada/node/x',
    '/home/ada/file/x',
    '/usb/store/x',
    '/home/ada/gone/x',
    '/new/../home/ada/photos/x',
  ])('%s, which does not exist yet, is refused', (path) => {
    expect(() => futureFolderPlace(path, places())).toThrow(
      expect.objectContaining({ code: 'path_invalid' }),
    );
  });
});

const folders = [
  { config: { id: 'aaaaaaaaaaaaaaaa', label: 'Photos' } },
  { config: { id: 'bbbbbbbbbbbbbbbb', label: 'Photos/2024' } },
  { config: { id: 'cccccccccccccccc', label: 'Papers' } },
] as unknown as Parameters<typeof parseHistoryPath>[1];

describe('a path in history', () => {
  test.each([
    ['Photos', 'Photos', ''],
    ['Photos/', 'Photos', ''],
    ['Photos/a/b.jpg', 'Photos', 'a/b.jpg'],
    ['Photos/2024', 'Photos/2024', ''],
    ['Photos/2024/a.jpg', 'Photos/2024', 'a.jpg'],
    ['Photos/20245/a.jpg', 'Photos', '20245/a.jpg'],
    ['bbbbbbbbbbbbbbbb/a', 'Photos/2024', 'a'],
    ['Papers/é', 'Papers', Buffer.from('é').toString('latin1')],
  ])('%s is in %s, at "%s"', (text, label, inside) => {
    const found = parseHistoryPath(text, folders);
    expect([found.folder.config.label, found.inside]).toEqual([label, inside]);
  });

  test.each([
    ['Videos/a', 'folder_unknown'],
    ['', 'folder_unknown'],
    ['Photo', 'folder_unknown'],
    ['Photos/../x', 'usage'],
    ['Photos//x', 'usage'],
    ['Papers/.holdfast/marker.json', 'usage'],
  ])('"%s" is refused (%s)', (text, code) => {
    expect(() => parseHistoryPath(text, folders)).toThrow(expect.objectContaining({ code }));
  });

  test('that of the disk is told apart from a folder that is not there', () => {
    expect(() => parseHistoryPath('/home/me/Photos/a.jpg', folders)).toThrow(
      expect.objectContaining({
        code: 'folder_unknown',
        message: '"/home/me/Photos/a.jpg" is a path on a disk, not one in a folder.',
      }),
    );
  });
});
