/** Rules about one file's text. Each gives its violations as `path:line: what, and what instead`. */
import { type Comment, dottedName, isNode, lineOf, type SyntaxNode, syntaxOf } from './syntax.js';
import type { SourceFile } from './workspace.js';

/** Ambient time and chance, and what to take instead: the simulation owns both. */
const ambient: Readonly<Record<string, string>> = {
  'Date.now': 'Clock.now()',
  'performance.now': 'Clock.monotonic()',
  'process.hrtime': 'Clock.monotonic()',
  'process.uptime': 'Clock.monotonic()',
  setTimeout: 'Clock.setTimer() or sleep(clock, …)',
  setInterval: 'Clock.setTimer()',
  setImmediate: 'Clock.setTimer(0, …)',
  'AbortSignal.timeout': 'an AbortController and Clock.setTimer()',
  'Math.random': 'RandomSource, or randomFraction(random)',
  'crypto.randomUUID': 'RandomSource',
  'crypto.getRandomValues': 'RandomSource',
  'crypto.randomBytes': 'RandomSource',
};
const newDate = 'new Date()';
/** Chance that `node:crypto` exports. */
const randomExports = ['randomBytes', 'randomFillSync', 'randomInt', 'randomUUID'];
const ambientModules: Readonly<Record<string, string>> = {
  'node:timers': 'Clock',
  'node:timers/promises': 'sleep(clock, …)',
};

/** The seams' real implementations, and the few places that stand outside the simulated world. */
const ambientAllowed: Readonly<Record<string, readonly string[]>> = {
  // The command line's process is not part of a node.
  'packages/cli/src/process-environment.ts': ['Date.now', 'performance.now', 'setTimeout'],
  // An adapter of real sockets: frames of one turn of the event loop travel together.
  'packages/network-libp2p/src/outbound-frames.ts': ['setImmediate'],
  // Lets microtasks drain between two simulated events: the simulation's own engine.
  'packages/simulation/src/seams/virtual-world-clock.ts': ['setImmediate'],
  // Runs in a browser.
  'packages/web/src/page-clock.ts': ['Date.now', 'setInterval', 'setTimeout'],
};

function ambientUses(file: SourceFile): { readonly name: string; readonly at: number }[] {
  const { nodes, imports } = syntaxOf(file);
  const properties = new Set(
    nodes.filter((node) => node.type === 'MemberExpression').map(nameNode),
  );
  const used = nodes.flatMap((node) => {
    if (node.type === 'NewExpression' && dottedName(node.callee) === 'Date') {
      const given = node.arguments as readonly unknown[];
      return given.length === 0 ? [{ name: newDate, at: node.start }] : [];
    }
    if (node.type === 'ImportDeclaration') return randomImports(node);
    if (properties.has(node)) return [];
    const name = dottedName(node)?.replace(/^(globalThis|window)\./, '');
    return name !== undefined && Object.hasOwn(ambient, name) ? [{ name, at: node.start }] : [];
  });
  const loaded = imports.filter((name) => Object.hasOwn(ambientModules, name));
  return [...used, ...loaded.map((name) => ({ name, at: 0 }))];
}

function randomImports(node: SyntaxNode): { readonly name: string; readonly at: number }[] {
  if (!isNode(node.source) || !/^(node:)?crypto$/.test(String(node.source.value))) return [];
  return (node.specifiers as readonly SyntaxNode[])
    .map((specifier) => dottedName(specifier.imported) ?? '')
    .filter((name) => randomExports.includes(name))
    .map((name) => ({ name, at: node.start }));
}

/** The node after the dot: `clock.setTimeout` is not the ambient one. */
function nameNode(member: SyntaxNode): unknown {
  return member.computed === true ? undefined : member.property;
}

export function ambientViolations(file: SourceFile): string[] {
  if (file.path.startsWith('packages/platform-node/')) return [];
  const allowed = ambientAllowed[file.path] ?? [];
  return ambientUses(file)
    .filter(({ name }) => !allowed.includes(name))
    .map(({ name, at }) => {
      const instead = ambient[name] ?? ambientModules[name] ?? otherwise(name);
      return `${file.path}:${lineOf(file, at)}: ${name} is ambient; take ${instead}.`;
    });
}

function otherwise(name: string): string {
  return name === newDate ? 'new Date(clock.now())' : 'RandomSource';
}

/** Entries of the allow-list that nothing uses any more. */
export function unusedAmbientAllowances(files: readonly SourceFile[]): string[] {
  return Object.entries(ambientAllowed).flatMap(([path, names]) => {
    const file = files.find((one) => one.path === path);
    const used = file === undefined ? [] : ambientUses(file).map(({ name }) => name);
    return names
      .filter((name) => !used.includes(name))
      .map((name) => `${path} no longer uses ${name}.`);
  });
}

export const maxFileLines = 400;

export function sizeViolations({ path, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n').length;
  return lines > maxFileLines
    ? [`${path} has ${lines} lines; at most ${maxFileLines}: split it.`]
    : [];
}

const emptyNames = /(^|[-.])(utils?|helpers?|commons?|misc|managers?)([-.]|$)/i;

export function nameViolations({ path }: SourceFile): string[] {
  return path.split('/').some((part) => emptyNames.test(part))
    ? [`${path}: the name says nothing; name it after what it holds.`]
    : [];
}

const unfinished = new RegExp(['TO', 'DO|FIX', 'ME'].join(''));

export function unfinishedViolations(file: SourceFile): string[] {
  return syntaxOf(file)
    .comments.filter(({ value }) => unfinished.test(value))
    .map(({ start }) => `${file.path}:${lineOf(file, start)}: finish it, or say what it costs.`);
}

const hiding = /^(x?(test|it|describe)|suite|bench)\.(\w+\.)*(skip|only|todo|fails)$/;
const conditional = /\.(skipIf|runIf)$/;

export function skippedTestViolations(file: SourceFile): string[] {
  return syntaxOf(file)
    .nodes.filter((node) => hidesTest(file, node))
    .map(
      (node) =>
        `${file.path}:${lineOf(file, node.start)}: ${dottedName(node) ?? dottedName(node.callee)} hides a test.`,
    );
}

/** Only the platform may decide that a test does not apply. */
function hidesTest({ text }: SourceFile, node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression') return hiding.test(dottedName(node) ?? '');
  if (!conditional.test(dottedName(node.callee) ?? '')) return false;
  const [condition] = node.arguments as readonly SyntaxNode[];
  return !text.slice(condition?.start, condition?.end).startsWith('process.platform ');
}

/** An error that is not looked at needs a comment that says why that is right. */
export function swallowedErrorViolations(file: SourceFile): string[] {
  const { nodes, comments } = syntaxOf(file);
  return nodes
    .filter((node) => dropsError(node) && !isExplained(file, node, comments))
    .map((node) => `${file.path}:${lineOf(file, node.start)}: handle the error, or say why not.`);
}

function dropsError(node: SyntaxNode): boolean {
  if (node.type === 'CatchClause') return !isNode(node.param) || isEmptyBlock(node.body);
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return false;
  const { callee } = node;
  if (callee.type !== 'MemberExpression' || dottedName(callee.property) !== 'catch') return false;
  const [handler] = node.arguments as readonly unknown[];
  return isNode(handler) && isNothing(handler);
}

/** A function of no parameters that gives nothing back. */
function isNothing(handler: SyntaxNode): boolean {
  if (handler.type !== 'ArrowFunctionExpression') return false;
  const { body } = handler;
  if ((handler.params as readonly unknown[]).length > 0 || !isNode(body)) return false;
  return isEmptyBlock(body) || dottedName(body) === 'undefined' || body.value === null;
}

function isEmptyBlock(node: unknown): boolean {
  return isNode(node) && node.type === 'BlockStatement' && (node.body as unknown[]).length === 0;
}

/** Explained inside, or on the line above or the same line. */
function isExplained(file: SourceFile, node: SyntaxNode, comments: readonly Comment[]): boolean {
  const first = lineOf(file, node.type === 'CatchClause' ? node.start : node.end);
  return comments.some((comment) => {
    const inside = comment.start >= node.start && comment.end <= node.end;
    const line = lineOf(file, comment.end);
    return inside || line === first || line === first - 1;
  });
}

/** A package registry belongs in its client's configuration, a machine's paths nowhere. */
const foreignMentions = [
  /registry\.(npmjs|yarnpkg)\.\w+/i,
  /\bnpmjs\.(com|org)\b/i,
  /(?<![\w.])\/(work\/(main|shared|\.)|root\/\w|tmp\/brief)/,
];

export function mentionViolations(file: SourceFile): string[] {
  return file.text.split('\n').flatMap((line, index) => {
    const found = foreignMentions.map((pattern) => pattern.exec(line)?.[0]).find(Boolean);
    return found === undefined
      ? []
      : [`${file.path}:${index + 1}: “${found}” belongs to one machine or service.`];
  });
}
