/** The workspace as values: what the architecture rules are checked on. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface WorkspacePackage {
  readonly name: string;
  /** What stands under `src`. */
  readonly sources: readonly SourceFile[];
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Names of the packages that its TypeScript project refers to. */
  readonly references: readonly string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that is, or is about to be, under version control. */
export function readRepository(): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => /\.(c|m)?(ts|js)$|\.(svelte|css|html|json|md|sh|ya?ml)$|^\.ci\//.test(path))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Project {
  readonly references?: readonly { readonly path: string }[];
}

export function packagesOf(files: readonly SourceFile[]): readonly WorkspacePackage[] {
  const manifests = files.filter(({ path }) => /^packages\/[^/]+\/package\.json$/.test(path));
  return manifests.map(({ path, text }) => {
    const directory = path.slice(0, -'/package.json'.length);
    const manifest = JSON.parse(text) as Manifest;
    const project = files.find((file) => file.path === `${directory}/tsconfig.json`);
    return {
      name: directory.slice('packages/'.length),
      sources: files.filter(
        (file) => file.path.startsWith(`${directory}/src/`) && isScript(file.path),
      ),
      dependencies: Object.keys(manifest.dependencies ?? {}),
      devDependencies: Object.keys(manifest.devDependencies ?? {}),
      references: referencesOf(project),
    };
  });
}

export function referencesOf(project: SourceFile | undefined): readonly string[] {
  const { references = [] } = JSON.parse(project?.text ?? '{}') as Project;
  return references.map((reference) => reference.path.split('/').at(-1) ?? '');
}

function isScript(path: string): boolean {
  return /\.(m?[tj]s|svelte)$/.test(path);
}

/** Code that a person wrote. */
export function isCode(path: string): boolean {
  return isScript(path) && !path.includes('/generated/');
}

export function isTest(path: string): boolean {
  return /(^|\/)test\//.test(path);
}
