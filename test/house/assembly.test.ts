/** The rules of the house for AssemblyScript: format, and how long files, functions and lines may be. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../support/root.js';

const MOST_LINES = 400;
const MOST_COLUMNS = 120;
/** Lines of code in a function, without blank lines and comments. */
const LONGEST_FUNCTION = 65;

const files = ['src/kernels/assembly', 'src/events/fast/assembly'].flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.ts'))
    .map(name => ({
      path: join(folder, name),
      name: name.slice(0, -3),
      folder,
      text: readFileSync(join(root, folder, name), 'utf8'),
    })),
);

const test = suite('assembly sources');

test('files and lines are short', () => {
  const wrong = files.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    const long = lines.flatMap((line, i) => (line.length > MOST_COLUMNS ? [`${path}:${i + 1}`] : []));
    return lines.length > MOST_LINES ? [path, ...long] : long;
  });
  assert.equal(wrong, []);
});

test('the kernels are formatted', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/format-assembly.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
});

/** The lines of code of each function of a file. The parser refuses the decorator @inline before a function. */
function functionLengths(text: string): [name: string, length: number][] {
  const plain = text.replace(/^@inline$/gm, '');
  const lines = plain.split('\n');
  const { body } = parse(plain, {
    sourceType: 'module',
    plugins: ['typescript', 'decorators'],
  }).program;
  return body.flatMap(statement => {
    const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (inner?.type !== 'FunctionDeclaration' || !inner.loc) return [];
    const own = lines.slice(inner.loc.start.line - 1, inner.loc.end.line);
    return [[inner.id!.name, own.filter(line => !/^\s*(\/\/.*)?$/.test(line)).length]];
  });
}

test('a function fits a screen', () => {
  const long = files.flatMap(({ path, text }) =>
    functionLengths(text)
      .filter(([, length]) => length > LONGEST_FUNCTION)
      .map(([name, length]) => `${path} ${name}: ${length} lines`),
  );
  assert.equal(long, []);
});

test('no file imports itself through others', () => {
  const imports = new Map(
    files.map(({ path, folder, text }) => [
      path,
      [...text.matchAll(/from '\.\/([\w-]+)'/g)].map(match => join(folder, `${match[1]}.ts`)),
    ]),
  );
  const visit = (path: string, trail: string[]): void => {
    assert.not.ok(trail.includes(path), `a circle: ${[...trail, path].join(' -> ')}`);
    for (const next of imports.get(path)!) visit(next, [...trail, path]);
  };
  for (const path of imports.keys()) visit(path, []);
});

test('what is exported is imported elsewhere', () => {
  const dead = files.flatMap(({ path, folder, name, text }) =>
    [...text.matchAll(/^export (?:function|const|let|class) (\w+)/gm)]
      .map(match => match[1])
      .filter(exported => {
        const isPublic = new RegExp(`@public\\s*\\*/\\nexport const ${exported}\\b`).test(text);
        const others = files.filter(other => other.folder === folder && other.path !== path);
        const isUsed = others.some(other => new RegExp(`\\b${exported}\\b`).test(other.text));
        const isEntry = name === 'index' || /export \* from/.test(textOf(folder, 'index'));
        return !isPublic && !isUsed && !isEntry;
      })
      .map(exported => `${path}: ${exported}`),
  );
  assert.equal(dead, []);
});

function textOf(folder: string, name: string): string {
  return files.find(file => file.folder === folder && file.name === name)!.text;
}

test.run();
