/** Source text as a syntax tree, so that a rule sees code and never a comment or a string. */
import { parseSync } from 'vite';
import type { SourceFile } from './workspace.js';

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

export interface Syntax {
  /** Every node, each before its children. */
  readonly nodes: readonly SyntaxNode[];
  readonly comments: readonly Comment[];
  /** What is imported, re-exported, or loaded while running. */
  readonly imports: readonly string[];
}

const parsed = new WeakMap<SourceFile, Syntax>();

export function syntaxOf(file: SourceFile): Syntax {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const syntax = parse(file);
  parsed.set(file, syntax);
  return syntax;
}

function parse(file: SourceFile): Syntax {
  const { program, comments, errors } = parseSync('module.ts', scriptOf(file), { lang: 'ts' });
  const error = errors[0];
  if (error !== undefined) throw new Error(`${file.path} cannot be read: ${error.message}`);
  const nodes: SyntaxNode[] = [];
  collect(program, nodes);
  return { nodes, comments, imports: nodes.flatMap(importedBy) };
}

/** Of a component, its script, at the line and column where it stands. */
function scriptOf({ path, text }: SourceFile): string {
  if (!path.endsWith('.svelte')) return text;
  let script = '';
  for (const match of text.matchAll(/(<script[^>]*>)([\s\S]*?)<\/script>/g)) {
    const [, tag = '', body = ''] = match;
    const start = match.index + tag.length;
    script += text.slice(script.length, start).replace(/[^\n]/g, ' ') + body;
  }
  return script;
}

function collect(value: unknown, into: SyntaxNode[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, into);
  } else if (isNode(value)) {
    into.push(value);
    for (const child of Object.values(value)) collect(child, into);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

const importingNodes = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function importedBy(node: SyntaxNode): string[] {
  if (node.type === 'CallExpression') return requiredBy(node);
  if (!importingNodes.has(node.type) || !isNode(node.source)) return [];
  return typeof node.source.value === 'string' ? [node.source.value] : [];
}

/** `require('name')` and `require.resolve('name')`, as `createRequire` makes them. */
function requiredBy(node: SyntaxNode): string[] {
  if (!['require', 'require.resolve'].includes(dottedName(node.callee) ?? '')) return [];
  const [argument] = node.arguments as readonly unknown[];
  return isNode(argument) && typeof argument.value === 'string' ? [argument.value] : [];
}

export function lineOf({ text }: SourceFile, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** `name` of an identifier, `object.name` of a member of one, else undefined. */
export function dottedName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node.name);
  if (node.type !== 'MemberExpression' || node.computed === true) return undefined;
  const object = dottedName(node.object);
  const property = dottedName(node.property);
  return object === undefined || property === undefined ? undefined : `${object}.${property}`;
}
