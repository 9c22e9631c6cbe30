/** Rules about packages: who imports whom, and whether each says so. Each gives its violations. */
import {
  adapterImporters,
  adapters,
  bundledPackages,
  layers,
  sameLayerImports,
  testOnlyPackages,
} from './layers.js';
import { syntaxOf } from './syntax.js';
import type { WorkspacePackage } from './workspace.js';

const scope = '@holdfast/';

interface WorkspaceImport {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

function workspaceImports(packages: readonly WorkspacePackage[]): readonly WorkspaceImport[] {
  return packages.flatMap(({ name, sources }) =>
    sources.flatMap((file) =>
      syntaxOf(file)
        .imports.filter((imported) => imported.startsWith(scope))
        .map((imported) => ({
          from: name,
          to: packageOf(imported).slice(scope.length),
          path: file.path,
        })),
    ),
  );
}

/** The package that an import names, without a path inside it. */
function packageOf(imported: string): string {
  return imported
    .split('/')
    .slice(0, imported.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Every package has a layer, and imports only downward. */
export function layeringViolations(packages: readonly WorkspacePackage[]): string[] {
  const unplaced = packages
    .filter(({ name }) => layers[name] === undefined)
    .map(({ name }) => `packages/${name} has no layer: give it one in the table.`);
  const upward = workspaceImports(packages)
    .filter(({ from, to }) => !mayImport(from, to))
    .map(({ from, to, path }) => `${path}: ${from} may not import ${to}: imports run downward.`);
  return [...unplaced, ...upward];
}

function mayImport(from: string, to: string): boolean {
  const [above, below] = [layers[from], layers[to]];
  if (above === undefined || below === undefined || from === to) return false;
  return above > below || sameLayerImports.includes(`${from} -> ${to}`);
}

/** Exceptions in the table that nobody uses are taken out of it. */
export function unusedExceptions(packages: readonly WorkspacePackage[]): string[] {
  const imports = workspaceImports(packages);
  return [
    ...sameLayerImports.filter(
      (pair) => !imports.some(({ from, to }) => `${from} -> ${to}` === pair),
    ),
    ...adapterImporters.filter((importer) => !imports.some(({ path }) => path === importer)),
  ].map((exception) => `${exception}: nobody needs this exception any more.`);
}

/** Adapters are known to the composition root alone; test packages to no shipped one. */
export function boundaryViolations(packages: readonly WorkspacePackage[]): string[] {
  return workspaceImports(packages).flatMap(({ to, path }) => {
    if (adapters.includes(to) && !adapterImporters.includes(path)) {
      return [`${path}: only the composition root imports ${to}; take a seam of platform instead.`];
    }
    return testOnlyPackages.includes(to) ? [`${path}: ${to} serves tests only.`] : [];
  });
}

/** No package reaches itself through others. */
export function packageCycles(packages: readonly WorkspacePackage[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of workspaceImports(packages)) {
    targets.set(from, (targets.get(from) ?? new Set<string>()).add(to));
  }
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    [...(targets.get(from) ?? [])].some((next) => {
      if (next === wanted) return true;
      if (seen.has(next)) return false;
      return reaches(next, wanted, seen.add(next));
    });
  return [...targets.keys()]
    .filter((name) => reaches(name, name, new Set()))
    .map((name) => `${name} imports itself through others.`);
}

/** A package declares what its sources import, and nothing more. */
export function declarationViolations(packages: readonly WorkspacePackage[]): string[] {
  return packages.flatMap((one) => {
    const imported = importedPackages(one);
    const declared = bundledPackages.includes(one.name) ? one.devDependencies : one.dependencies;
    const missing = [...imported].filter((name) => !declared.includes(name));
    const unused = one.dependencies.filter((name) => !imported.has(name));
    return [
      ...missing.map((name) => `packages/${one.name} imports ${name} without declaring it.`),
      ...unused.map((name) => `packages/${one.name} declares ${name} and does not import it.`),
    ];
  });
}

function importedPackages({ sources }: WorkspacePackage): ReadonlySet<string> {
  const imports = sources.flatMap((file) => syntaxOf(file).imports);
  return new Set(imports.filter((name) => !/^(\.|node:)/.test(name)).map(packageOf));
}

/** TypeScript builds a package after those it depends on. */
export function referenceViolations(
  packages: readonly WorkspacePackage[],
  builtPackages: readonly string[],
): string[] {
  const compiled = packages.filter(({ name }) => !bundledPackages.includes(name));
  const unbuilt = compiled
    .filter(({ name }) => !builtPackages.includes(name))
    .map(({ name }) => `tsconfig.json does not build packages/${name}.`);
  const mismatched = compiled.flatMap(({ name, dependencies, references }) => {
    const siblings = dependencies
      .filter((dependency) => dependency.startsWith(scope))
      .map((dependency) => dependency.slice(scope.length));
    return siblings.toSorted().join() === references.toSorted().join()
      ? []
      : [
          `packages/${name}/tsconfig.json refers to [${references.join()}], its package to [${siblings.join()}].`,
        ];
  });
  return [...unbuilt, ...mismatched];
}
