/** Planted bugs where remote versions are put in place and old content is held. */
import { bug, bugOf } from './bug.mjs';

const place = 'sync-engine/src/place-jobs.ts';
const placer = 'sync-engine/src/placer.ts';
const letGo = 'sync-engine/src/let-go-job.ts';
const asides = 'sync-engine/src/asides.ts';
const reconcile = 'sync-engine/src/reconcile-held.ts';

export const applyingBugs = [
  bug(
    'what is placed is not synced before its rename',
    place,
    `      syncPath(this.#fileSystem, temporaryPath(this.#input.root, item.path, item.versionId));
      return undefined;`,
    '      return undefined;',
    { suite: ['packages/sync-engine/test/place-power-loss'], seeds: '' },
  ),
  bug(
    'the target is not looked at again before it is replaced',
    place,
    `    if (!this.#isExpected(item)) return { type: 'changed' };
    const target = this.#path(item);
    const written =`,
    `    const target = this.#path(item);
    const written =`,
    { suite: ['packages/sync-engine/test/place-hazards'], seeds: '' },
  ),
  bug(
    'what is replaced is not set aside',
    place,
    'if (item.copyTo === undefined && item.holdAs === undefined) return undefined;',
    'if (item.copyTo === undefined) return undefined;',
  ),
  bug(
    'the names of what was set aside are not synced before the replacement',
    place,
    'if (waiting.some((item) => item.holdAs !== undefined)) {',
    'if (waiting.length < 0) {',
    { suite: ['packages/sync-engine/test/place-power-loss'], seeds: '' },
  ),
  bug(
    'names are not synced after placing',
    place,
    `kind !== 'directory') continue;
      this.#fileSystem.syncDirectory(directory);`,
    `kind !== 'directory') continue;`,
    { suite: ['packages/sync-engine/test/place-hazards'], seeds: '' },
  ),
  bug(
    'the change time counts for nothing before a replacement',
    asides,
    'stat.ctimeNs === (this.#linkedCtimes.get(item) ?? disk.ctimeNs)',
    'true',
    { suite: ['packages/sync-engine/test/place-'] },
  ),
  bug(
    'a new name replaces a file that has appeared there meanwhile',
    place,
    `    if (isThere) {
      this.#fileSystem.rename(temporary, target);`,
    `    if (isThere || temporary !== target) {
      this.#fileSystem.rename(temporary, target);`,
    { suite: ['packages/sync-engine/test/place-job'], seeds: '' },
  ),
  bug(
    'what its user had not synced is set aside without a sync',
    place,
    'return item.syncAside && (item.holdAs !== undefined || item.copyTo !== undefined);',
    'return item.copyTo === item.path;',
    { suite: ['packages/sync-engine/test/place-power-loss'], seeds: '' },
  ),
  bug(
    'a directory is removed with all that it holds',
    'sync-engine/src/remove-empty-directory.ts',
    `    fileSystem.removeDirectory(path);
    return true;`,
    `    for (const { name, kind } of fileSystem.list(path)) {
      const inside = (path + '/' + name) as FilePath;
      if (kind === 'directory') removeEmptyDirectory(fileSystem, inside);
      else fileSystem.unlink(inside);
    }
    fileSystem.removeDirectory(path);
    return true;`,
    { suite: ['packages/sync-engine/test/place-job'], seeds: '' },
  ),
  bug(
    'a conflict copy carries the winner',
    placer,
    '? await this.#freeCopy(local.version)',
    '? await this.#freeCopy(target)',
  ),
  bug(
    'a replaced version is not held in the index',
    placer,
    'if (disk === undefined || !hasHeldContent(local.version)) return shown;',
    'if (disk !== undefined || !hasHeldContent(local.version)) return shown;',
    { suite: ['packages/sync-engine/test/placer'] },
  ),
  bug(
    'what was placed overrides what a scan found meanwhile',
    'sync-engine/src/placed-entry.ts',
    'return now !== local?.version.id && now !== target.id;',
    'return now === undefined && now !== local?.version.id;',
    { suite: ['packages/sync-engine/test/placer'], seeds: '' },
  ),
  bug(
    'the old name of a moved file goes before the new one is durable',
    'sync-engine/src/move-files-job.ts',
    'if (this.#syncDirectoriesOf(linked.map(({ path }) => path))) {',
    'if (linked.length >= 0) {',
    { suite: ['packages/sync-engine/test/move-files-job'], seeds: '' },
  ),
  bug(
    'the old name of a moved file goes unseen',
    'sync-engine/src/move-files-job.ts',
    'if (this.#isThere(item, linked.ctimeNs)) {',
    'if (linked.ctimeNs > 0n) {',
    { suite: ['packages/sync-engine/test/move-files-job'], seeds: '' },
  ),
  bug(
    'blocks of a received file are written unseen',
    'sync-engine/src/block-piece.ts',
    'const plain = readEnvelope(envelope, piece.contentId, tools, piece.lengthBytes);',
    `const plain = envelope.length > piece.lengthBytes
    ? envelope.slice(-piece.lengthBytes)
    : readEnvelope(envelope, piece.contentId, tools, piece.lengthBytes);`,
    { suite: ['packages/sync-engine/test/place-job'], seeds: '' },
  ),
  bug(
    'a piece of a local file is taken without hashing it',
    'sync-engine/src/stage-job.ts',
    'if (hexFrom(hasher.blake3(buffer)) !== piece.contentId) return false;',
    '',
    { suite: ['packages/sync-engine/test/stage-job'] },
  ),
  bug(
    'held content goes before it is covered',
    'sync-engine/src/held-keeper.ts',
    'const covered = coverage.covers(version.id, sequence);',
    'const covered = sequence > 0 || coverage.covers(version.id, sequence);',
    { suite: ['packages/sync-engine/test/held-content'], seeds: '' },
  ),
  bug(
    'held content goes at once, while an editor may still have it open',
    'sync-engine/src/held-keeper.ts',
    'if (waitMs > 0 && waitMs <= graceMs) {',
    'if (waitMs > graceMs) {',
    { suite: ['packages/sync-engine/test/held-content'] },
  ),
  bugOf(
    'what somebody wrote into held content goes with it',
    [
      [
        letGo,
        `if (stat.sizeBytes !== sizeBytes || stat.mtimeNs !== mtimeNs) return 'changed';`,
        '',
      ],
      [
        letGo,
        `return sameBlocks(blocks, answer.blocks) ? 'version' : 'changed';`,
        `return 'version';`,
      ],
    ],
    { suite: ['packages/sync-engine/test/held-content'] },
  ),
  bug(
    'after a crash nobody looks at what was set aside',
    reconcile,
    `  if (doubtful.length === 0) return [];
  const items`,
    `  if (doubtful.length >= 0) return [];
  const items`,
    { suite: ['packages/sync-engine/test/reconcile-held'], seeds: '' },
  ),
  bug(
    'after a crash what was set aside is dropped though its place has something else',
    'sync-engine/src/held-jobs.ts',
    'if (aside.inode === shown.inode && aside.deviceNumber === shown.deviceNumber) return true;',
    'if (aside.deviceNumber === shown.deviceNumber) return true;',
    { suite: ['packages/sync-engine/test/reconcile-held'], seeds: '' },
  ),
  bug(
    'symlinks that lead outside are created',
    placer,
    `if (leavesOut(action.target)) return { type: 'nothing' };`,
    '',
    { suite: ['packages/sync-engine/test/placer'], seeds: '' },
  ),
  bug(
    'a symlink above a path is followed',
    'folder-scanner/src/confinement.ts',
    `if (stat.kind === 'directory') return { type: 'ok' };`,
    `if (stat.kind !== 'file') return { type: 'ok' };`,
    { suite: ['packages/sync-engine/test/place-', 'packages/folder-scanner/test'] },
  ),
  bug(
    'what came back is let go though its user made something else of it meanwhile',
    letGo,
    "if (made === 'linked') return isSameFile(shown, fileSystem.stat(names.held));",
    "if (made === 'linked') return true;",
    { suite: ['packages/sync-engine/test/held-content'] },
  ),
];
