/** The source files of the house as data: their lines, imports, exports, functions and classes. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from '@babel/parser';
import { root } from './root.js';

export interface Source {
  /** Relative to the root, with forward slashes. */
  path: string;
  text: string;
  lines: string[];
}

/** A name that a file takes from another one; `*` stands for all of its names. */
interface Import {
  path: string;
  name: string;
  isType: boolean;
}

/** A name that a file offers to others, and the text that declares it. */
interface Export {
  name: string;
  isType: boolean;
  text: string;
}

/** A function or a class: its name, its first line (from 1) and its number of lines of code. */
interface Block {
  name: string;
  line: number;
  length: number;
}

interface Parts {
  imports: Import[];
  exports: Export[];
  functions: Block[];
  classes: Block[];
}

/** A file of the house, or one that a test makes up. */
export function sourceOf(path: string, text: string): Source {
  return { path, text, lines: text.split('\n') };
}

function readSources(folder: string, pattern: RegExp): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => pattern.test(name) && !name.endsWith('.d.ts') && !name.startsWith('fixtures'))
    .sort()
    .map(name => sourceOf(join(folder, name), readFileSync(join(root, folder, name), 'utf8')));
}

const FOLDERS = ['src', 'test', 'support', 'bench'];
/** All files of TypeScript and AssemblyScript, and the scripts. */
export const sources: readonly Source[] = [
  ...FOLDERS.flatMap(folder => readSources(folder, /\.ts$/)),
  ...readSources('scripts', /\.mjs$/),
];
export const isAssembly = ({ path }: Source): boolean => /^src\/.*\/assembly\//.test(path);
export const isIn = (folder: string) => (source: Source) => source.path.startsWith(`${folder}/`);

/** A line without its comment. The cut is crude: it is good enough to look for words and to count lines. */
export function codeOf(line: string): string {
  return /^\s*(\*|\/\*|\/\/)/.test(line) ? '' : line.replace(/\/\/.*$/, '');
}

/** The path of the source that a file names: relative to it in an import, compiled (.js) or without an ending. */
function pathOf(from: string, target: string): string {
  const path = relative(root, resolve(root, dirname(from), target)).replace(/^dist\//, '');
  return `${path.replace(/\.(js|ts)$/, '')}.ts`;
}

const known = new WeakMap<Source, Parts>();

/** What a file imports and exports, its functions and its classes. */
export function partsOf(source: Source): Parts {
  const before = known.get(source);
  if (before) return before;
  const parts: Parts = { imports: [], exports: [], functions: [], classes: [] };
  known.set(source, parts);
  // AssemblyScript decorates functions, which TypeScript's grammar refuses.
  const text = isAssembly(source) ? source.text.replace(/^(\s*)@\w+\b/gm, '$1') : source.text;
  const { body } = parse(text, {
    sourceType: 'module',
    plugins: ['typescript', 'decorators'],
  }).program;
  for (const statement of body) readStatement(source, statement, parts);
  // An import inside of code or of a type: all of the module, unless one member is taken of it at once.
  for (const [, path, name = '*'] of source.text.matchAll(/\bimport\('(\.[^']+)'\)(?:\)\.(\w+))?/g))
    parts.imports.push({ path: pathOf(source.path, path), name, isType: false });
  findBlocks(source, body, 'anonymous', parts);
  return parts;
}

const nameOf = (node: any): string => node.name ?? node.value;

function readStatement(source: Source, node: any, parts: Parts): void {
  const from = node.source?.value.startsWith('.') ? pathOf(source.path, node.source.value) : undefined;
  if (node.type === 'ImportDeclaration' && from !== undefined) {
    const take = (name: string, kind?: string): void => {
      parts.imports.push({ path: from, name, isType: node.importKind === 'type' || kind === 'type' });
    };
    if (node.specifiers.length === 0) take('');
    for (const one of node.specifiers)
      if (one.type === 'ImportNamespaceSpecifier')
        for (const name of membersOf(source.text, one.local.name)) take(name);
      else take(one.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(one.imported), one.importKind);
  }
  if (node.type === 'ExportAllDeclaration' && from !== undefined)
    parts.imports.push({ path: from, name: '*', isType: node.exportKind === 'type' });
  const text = source.text.slice(node.start, node.end);
  if (node.type === 'ExportDefaultDeclaration') parts.exports.push({ name: 'default', isType: false, text });
  if (node.type !== 'ExportNamedDeclaration') return;
  for (const one of node.specifiers) {
    const isType = node.exportKind === 'type' || one.exportKind === 'type';
    parts.exports.push({ name: nameOf(one.exported), isType, text });
    if (from !== undefined) parts.imports.push({ path: from, name: nameOf(one.local), isType });
  }
  const isType = /^TS(Interface|TypeAlias)/.test(node.declaration?.type ?? '');
  for (const name of declaredBy(node.declaration)) parts.exports.push({ name, isType, text });
}

/** The members that a text takes of a namespace; `*` where it uses the namespace as a value. */
function membersOf(text: string, name: string): string[] {
  const uses = text.replace(new RegExp(`\\* as ${name}\\b`), '');
  if (new RegExp(`(?<![.\\w])${name}\\b(?!\\.\\w|\\w|:)`).test(uses)) return ['*'];
  return [...uses.matchAll(new RegExp(`(?<![.\\w])${name}\\.(\\w+)`, 'g'))].map(match => match[1]);
}

function declaredBy(node: any): string[] {
  if (node?.id) return [node.id.name];
  return (node?.declarations ?? []).flatMap(({ id }: any) =>
    id.type === 'ObjectPattern' ? id.properties.map((one: any) => one.value.name) : [id.name],
  );
}

/** Adds the functions and classes below a node. */
function findBlocks(source: Source, node: any, name: string, parts: Parts): void {
  if (!node || typeof node !== 'object') return;
  if (Array.isArray(node)) return node.forEach(child => findBlocks(source, child, name, parts));
  const own = node.key?.name ?? node.id?.name ?? name;
  const block = (): Block => {
    const { start, end } = node.loc;
    const length = source.lines
      .slice(start.line - 1, end.line)
      .filter(line => codeOf(line).trim() !== '').length;
    return { name: own, line: start.line, length };
  };
  if (/Function|ClassMethod|ObjectMethod|ClassPrivateMethod/.test(node.type ?? '') && node.body && node.loc)
    parts.functions.push(block());
  if (/^Class(Declaration|Expression)$/.test(node.type ?? '')) parts.classes.push(block());
  for (const key of Object.keys(node)) if (key !== 'loc') findBlocks(source, node[key], own, parts);
}

/**
 * The files that a file starts or loads without an import statement: `import()` and `new URL()` of a compiled file (a
 * worker thread, a program), and the path of a compiled file as a string.
 */
export function startedBy(source: Source): string[] {
  const found = [...source.text.matchAll(/'([\w./-]+)\.js'/g)].map(match => match[1]);
  return found.map(name =>
    name.startsWith('.') ? pathOf(source.path, name) : `${name.replace(/^dist\//, '')}.ts`,
  );
}

/** The files that the scripts of package.json run. */
export function startedByPackage(): string[] {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  const built = [...text.matchAll(/\bdist\/([\w/-]+)\.js/g)].map(match => `${match[1]}.ts`);
  return [...built, ...[...text.matchAll(/scripts\/[\w-]+\.mjs/g)].map(match => match[0])];
}
