/**
 * The rules of the house as a test: who may import whom, how long a function may be, which calls are banned where,
 * and that every suite runs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from '@babel/parser';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { registry } from '../../src/ml/registry.js';
import { root } from '../../support/root.js';

interface Source {
  /** Relative to the root, with forward slashes. */
  path: string;
  text: string;
  lines: string[];
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map(name => {
      const text = readFileSync(join(root, folder, name), 'utf8');
      return { path: join(folder, name), text, lines: text.split('\n') };
    });
}

const src = sources('src');
const assembly = src.filter(({ path }) => /^src\/.*\/assembly\//.test(path));
const typescript = src.filter(file => !assembly.includes(file));
const tests = sources('test');

/** For each folder of src/, the folders it may import: the two towers, what they stand on, and the bridge. */
const mayImport: { [folder: string]: string[] } = {
  base: [],
  kernels: [],
  events: ['base'],
  log: ['events', 'base'],
  ml: ['kernels', 'base'],
  data: ['base'],
  config: ['data', 'ml', 'kernels', 'base'],
  terminal: ['base'],
  slurm: ['base'],
  worker: ['log', 'events', 'data', 'ml', 'kernels', 'base', 'terminal'],
  commands: ['worker', 'slurm', 'log', 'events', 'config', 'data', 'ml', 'base', 'terminal'],
  'cli.ts': ['commands', 'terminal'],
};

/** Words that may not stand in the files that `where` selects, and what to write instead. */
const banned: { word: RegExp; where: (path: string) => boolean; instead: string }[] = [
  { word: /\bprocess\.exit\(/, where: path => path !== 'src/cli.ts', instead: 'throw; src/cli.ts exits' },
  {
    word: /\bMath\.random\b/,
    where: path => path !== 'src/log/node-host.ts',
    instead: 'Rng of src/base/rng.ts, or the injected host',
  },
  {
    word: /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|tanh|sinh|cosh|atan|atan2|asin|acos|cbrt|hypot)\b/,
    where: path => /^src\/(ml|kernels|config)\//.test(path),
    instead: 'src/kernels/math.ts: the same bits on every machine',
  },
  {
    word: /(?<!\b2|\dn) \*\* |\b2 \*\* (?!-?\d)/,
    where: path => /^src\/(ml|kernels|config)\//.test(path),
    instead: 'multiply, or kernels/math.ts',
  },
  {
    word: /\b(Date\.now|new Date|performance\.now)\b/,
    where: path => /^src\/(ml|events|kernels)\//.test(path),
    instead: 'pass the time in',
  },
  {
    word: /\bprocess\.(env|hrtime)\b/,
    where: path => /^src\/(ml|events|kernels)\//.test(path),
    instead: 'pass the value in',
  },
  {
    word: /from 'node:fs/,
    // Which reads its own program.
    where: path => /^src\/(ml|events)\//.test(path) && path !== 'src/events/fast/module.ts',
    instead: 'pass the bytes in',
  },
  {
    word: /\bconsole\./,
    where: path =>
      /^src\/(base|ml|events|log|data|config|kernels)\//.test(path) &&
      path !== 'src/ml/engines/ml-xgboost.ts',
    instead: 'return it, or throw',
  },
];

/** The most lines of code, without blank lines and comments, that a function may have. */
const longestFunction = 65;

/** A line without its comment; a crude cut that is good enough for the words above. */
function code(line: string): string {
  return /^\s*(\*|\/\*|\/\/)/.test(line) ? '' : line.replace(/\/\/.*$/, '');
}

/** The files that a file imports; those of which it takes types only can be left out. */
function importsOf(file: Source, types = true): string[] {
  const withoutTypes = file.text.replace(/^import type [^;]*;/gm, '');
  return [...(types ? file.text : withoutTypes).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(match =>
    relative(root, resolve(root, dirname(file.path), match[1])).replace(/\.js$/, '.ts'),
  );
}

const folderOf = (path: string) => path.split('/')[1];

const Tidy = suite('tidy');

Tidy('arrows point only down', () => {
  const wrong: string[] = [];
  for (const file of typescript) {
    const from = folderOf(file.path);
    assert.ok(mayImport[from], `${file.path}: a folder that the house does not know`);
    for (const target of importsOf(file)) {
      if (!target.startsWith('src/')) wrong.push(`${file.path} imports ${target}`);
      const to = folderOf(target);
      if (to !== from && !mayImport[from].includes(to)) wrong.push(`${file.path} imports ${target}`);
    }
  }
  assert.equal(wrong, []);
});

Tidy('no file imports itself through others', () => {
  const edges = new Map(typescript.map(file => [file.path, importsOf(file, false)]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    assert.not.ok(trail.includes(path), `a circle: ${[...trail, path].join(' -> ')}`);
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  assert.is(done.size >= typescript.length, true);
});

Tidy('banned calls do not appear', () => {
  const found = typescript.flatMap(file =>
    banned
      .filter(rule => rule.where(file.path))
      .flatMap(rule =>
        file.lines.flatMap((line, i) =>
          rule.word.test(code(line)) ? [`${file.path}:${i + 1}: ${rule.instead}`] : [],
        ),
      ),
  );
  assert.equal(found, []);
});

/** Every function of a file, as [first line, last line, name]. */
function functionsOf(file: Source): [number, number, string][] {
  const found: [number, number, string][] = [];
  const walk = (node: any, name: string): void => {
    if (!node || typeof node !== 'object') return;
    if (Array.isArray(node)) return node.forEach(child => walk(child, name));
    const own = node.key?.name ?? node.id?.name ?? name;
    if (/Function|ClassMethod|ObjectMethod|ClassPrivateMethod/.test(node.type ?? '') && node.body && node.loc)
      found.push([node.loc.start.line, node.loc.end.line, own]);
    for (const key of Object.keys(node)) if (key !== 'loc') walk(node[key], own);
  };
  const plugins: ('typescript' | 'decorators')[] = ['typescript', 'decorators'];
  walk(parse(file.text, { sourceType: 'module', plugins }).program.body, 'anonymous');
  return found;
}

Tidy('a function fits a screen', () => {
  const long = typescript.flatMap(file =>
    functionsOf(file).flatMap(([first, last, name]) => {
      const length = file.lines.slice(first - 1, last).filter(line => code(line).trim() !== '').length;
      return length > longestFunction ? [`${file.path}:${first} ${name}: ${length} lines`] : [];
    }),
  );
  assert.equal(long, []);
});

Tidy('every suite runs, and nothing that is not a suite is called one', () => {
  for (const file of tests) {
    const suites = [...file.text.matchAll(/(?:const|let) (\w+) = (?:uvu\.)?suite(?:<[^>]*>)?\(/g)].map(
      match => match[1],
    );
    if (/import \{[^}]*\btest\b[^}]*\} from 'uvu'/.test(file.text)) suites.push('test');
    if (!file.path.endsWith('.test.ts')) assert.equal(suites, [], `${file.path} has a suite and is not run`);
    else assert.ok(suites.length > 0, `${file.path} has no suite`);
    for (const name of suites)
      assert.ok(file.text.includes(`${name}.run()`), `${file.path}: ${name} never runs`);
    assert.not.match(file.text, /\.before\(/, `${file.path}: a hook that throws would pass`);
    assert.not.match(file.text, /\.only\(/, `${file.path} leaves tests out`);
  }
});

Tidy('the README names every step', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const missing = [...registry.keys()].filter(name => !readme.includes(name));
  assert.equal(missing, []);
});

Tidy.run();
