/**
 * Writes the TypeScript side of the WebAssembly module from its AssemblyScript sources (src/kernels/assembly):
 *
 *   src/kernels/exports.ts, exports/<file>.ts   what the module exports, with its docstrings
 *   src/kernels/layouts/<topic>.ts              the fields of each @unmanaged class in their order, and @public
 *                                               constants
 *
 * `npm run build` runs it before the compilers. With --check it writes nothing and fails if a file is out of date.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';
import { format, resolveConfig } from 'prettier';

const kernels = fileURLToPath(new URL('../src/kernels', import.meta.url));
const FIELD_TYPES = ['f64', 'f32', 'i32', 'u32', 'usize'];

/** The top-level statements of an assembly file. The parser refuses the decorator @inline before a function. */
function statementsOf(file) {
  const text = readFileSync(join(kernels, 'assembly', `${file}.ts`), 'utf8').replace(/^@inline$/gm, '');
  return parse(text, { sourceType: 'module', plugins: ['typescript', 'decorators'] }).program.body;
}

/** The docstring in front of a node, or nothing. */
function docOf(node) {
  const comments = (node.leadingComments ?? []).filter(
    ({ type, value }) => type === 'CommentBlock' && value[0] === '*',
  );
  return comments.length ? `/*${comments.at(-1).value}*/\n` : '';
}

/** A declaration behind `export`, or the statement itself. */
const declarationOf = statement => statement.declaration ?? statement;

/** The name of a type of AssemblyScript, such as usize. */
const typeName = annotation => annotation.typeAnnotation.typeName?.name ?? 'void';

function inTypeScript(type) {
  if (type === 'usize') return 'Pointer';
  if (type === 'bool') return 'boolean';
  if (type === 'void') return 'void';
  if (FIELD_TYPES.includes(type)) return 'number';
  throw new Error(`a kernel has a parameter or a result of type ${type}`);
}

/** For each assembly file that the entry names, the functions that it exports from there; by the file's name. */
function exportedFunctions() {
  const found = new Map();
  for (const statement of statementsOf('index')) {
    if (statement.type === 'ExportAllDeclaration') throw new Error('name what assembly/index.ts exports');
    if (statement.type !== 'ExportNamedDeclaration') continue;
    if (!statement.source) {
      found.set('index', [statement]);
      continue;
    }
    const names = statement.specifiers.map(({ exported }) => exported.name);
    const file = statement.source.value.slice(2);
    const statements = statementsOf(file).filter(each => names.includes(declarationOf(each).id?.name));
    if (statements.length !== names.length)
      throw new Error(`assembly/${file}.ts lacks one of ${names.join(', ')}`);
    found.set(file, statements);
  }
  return found;
}

function signature(statement) {
  const { id, params, returnType } = statement.declaration;
  const list = params.map(({ name, typeAnnotation }) => `${name}: ${inTypeScript(typeName(typeAnnotation))}`);
  return `${docOf(statement)}${id.name}(${list.join(', ')}): ${inTypeScript(typeName(returnType))};`;
}

const pascal = name => name.replace(/(^|-)(\w)/g, (_, dash, letter) => letter.toUpperCase());
const upper = name => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
const WARNING = source => `// Written by scripts/kernel-interface.mjs from ${source}: edit that file.`;

/** The exports of one assembly file: an interface. */
function exportsFile(file, statements) {
  const body = statements.map(signature).join('\n');
  const importLine = body.includes('Pointer') ? `import type { Pointer } from '../pointer.js';\n` : '';
  return `${WARNING(`../assembly/${file}.ts`)}\n${importLine}
    export interface ${pascal(file)}Kernels {\n${body}\n}\n`;
}

/** All exports together. */
function allExports(files) {
  const named = files.filter(file => file !== 'index');
  const parents = ['index', ...named].map(file => `${pascal(file)}Kernels`).join(', ');
  return `${WARNING('assembly/index.ts')}
    ${files.map(file => `import type { ${pascal(file)}Kernels } from './exports/${file}.js';`).join('\n')}

    export type { Pointer } from './pointer.js';

    /** What the WebAssembly module exports. Each interface has the name of its file in assembly/. */
    export interface KernelExports extends ${parents} {}\n`;
}

/** The exported constants and @unmanaged classes of all assembly files by topic, the first word of a file's name. */
function layoutFiles() {
  const topics = new Map();
  const files = readdirSync(join(kernels, 'assembly')).filter(name => name.endsWith('.ts'));
  for (const file of files.map(name => name.slice(0, -3)).sort()) {
    const topic = file.split('-')[0];
    const parts = statementsOf(file).flatMap(statement => [
      ...layoutOf(statement, topic),
      ...constantOf(statement),
    ]);
    if (!parts.length) continue;
    const before = topics.get(topic) ?? { sources: [], parts: [] };
    topics.set(topic, { sources: [...before.sources, file], parts: [...before.parts, ...parts] });
  }
  return topics;
}

/** An @unmanaged class as a list of its fields. */
function layoutOf(statement, topic) {
  const declaration = declarationOf(statement);
  const decorators = [...(statement.decorators ?? []), ...(declaration.decorators ?? [])];
  if (!decorators.some(({ expression }) => expression.name === 'unmanaged')) return [];
  const fields = declaration.body.body
    .filter(({ type }) => type === 'ClassProperty')
    .map(field => `${docOf(field)}['${field.key.name}', '${typeName(field.typeAnnotation)}'],`);
  return [
    `${docOf(statement) || docOf(declaration)}export const ${upper(topic)}_${upper(declaration.id.name)} = layoutOf([
      ${fields.join('\n')}
    ]);\n`,
  ];
}

/** An exported constant that callers need as well: a plain number, its docstring tagged @public. */
function constantOf(statement) {
  const declaration = declarationOf(statement);
  if (statement.type !== 'ExportNamedDeclaration' || declaration.type !== 'VariableDeclaration') return [];
  const [{ id, init }] = declaration.declarations;
  const doc = docOf(statement);
  if (declaration.kind !== 'const' || !doc.includes('@public')) return [];
  if (init.type !== 'NumericLiteral') throw new Error(`${id.name} is public and no plain number`);
  return [
    `${doc.replace(/\s*@public/, '').replace(/^\/\*\*\s*\*\/\n/, '')}export const ${id.name} = ${init.value};\n`,
  ];
}

/** All files to write: their texts by their paths below src/kernels. */
function wanted() {
  const texts = new Map();
  const functions = exportedFunctions();
  for (const [file, statements] of functions) texts.set(`exports/${file}.ts`, exportsFile(file, statements));
  texts.set('exports.ts', allExports([...functions.keys()].sort()));
  for (const [topic, { sources, parts }] of layoutFiles()) {
    const importLine = parts.some(part => part.includes('layoutOf('))
      ? `import { layoutOf } from '../struct.js';\n`
      : '';
    const from = sources.map(source => `../assembly/${source}.ts`).join(', ');
    texts.set(`layouts/${topic}.ts`, `${WARNING(from)}\n${importLine}\n${parts.join('\n')}`);
  }
  return texts;
}

const isCheck = process.argv.includes('--check');
const config = await resolveConfig(join(kernels, 'exports.ts'));
const texts = wanted();
const stale = [];
for (const [path, text] of texts) {
  const place = join(kernels, path);
  const formatted = await format(text, { ...config, filepath: place });
  if (existsSync(place) && readFileSync(place, 'utf8') === formatted) continue;
  stale.push(path);
  if (isCheck) continue;
  mkdirSync(join(place, '..'), { recursive: true });
  writeFileSync(place, formatted);
}
for (const folder of ['exports', 'layouts']) {
  for (const name of existsSync(join(kernels, folder)) ? readdirSync(join(kernels, folder)) : []) {
    if (texts.has(`${folder}/${name}`)) continue;
    stale.push(`${folder}/${name}`);
    if (!isCheck) rmSync(join(kernels, folder, name));
  }
}
if (isCheck && stale.length) {
  console.error(`out of date: ${stale.join(', ')}; run npm run build`);
  process.exitCode = 1;
}
