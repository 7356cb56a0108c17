/** YAML read with places: every value of random documents is found where it was written, and what is odd is refused. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputErrors, type InputError } from '../../src/base/errors.js';
import { Rng } from '../../src/base/rng.js';
import { MAX_FILE_BYTES, parseYaml, readYaml } from '../../src/config/yaml.js';

const Yaml = suite('yaml');

function errorsOf(work: () => unknown): readonly InputError[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InputErrors) return error.errors;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** What is refused in a text whose place is marked by ‹. */
function refused(marked: string): InputError {
  const offset = marked.indexOf('‹');
  const text = marked.replace('‹', '');
  const [error] = errorsOf(() => parseYaml('x.yaml', text));
  if (offset >= 0) {
    const before = marked.slice(0, offset).split('\n');
    const place = { file: 'x.yaml', line: before.length, column: before.at(-1)!.length + 1 };
    assert.equal(error.complaint.place, place, error.message);
  }
  return error;
}

/** Writes a random document whose words are all different, and tells where each value and key must be. */
function randomDocument(rng: Rng) {
  const values = new Map<string, (string | number)[]>();
  const keys = new Map<string, (string | number)[]>();
  let words = 0;
  const scalar = (path: (string | number)[]): string => {
    const word = `word${words++}`;
    values.set(word, path);
    return ['', '"', "'"].map(quote => quote + word + quote)[rng.below(3)];
  };
  const key = (path: (string | number)[], name: string): (string | number)[] => {
    keys.set(name, [...path, name]);
    return [...path, name];
  };
  const flow = (path: (string | number)[], depth: number): string => {
    const kind = depth > 3 ? 0 : rng.below(3);
    if (kind === 0) return scalar(path);
    const items = Array.from({ length: 1 + rng.below(3) }, (_, i) => {
      if (kind === 1) return flow([...path, i], depth + 1);
      const name = `key${words++}`;
      return `${name}: ${flow(key(path, name), depth + 1)}`;
    });
    const between = rng.below(3) === 0 ? ',   ' : ', ';
    return kind === 1 ? `[ ${items.join(between)} ]` : `{${items.join(between)}}`;
  };
  const block = (path: (string | number)[], indent: string, depth: number): string => {
    const list = depth > 0 && rng.below(2) === 0;
    const lines = Array.from({ length: 1 + rng.below(4) }, (_, i) => {
      const name = `key${words++}`;
      const inside = list ? [...path, i] : key(path, name);
      const head = `${indent}${list ? '-' : `${name}:`}`;
      const comment = rng.below(4) === 0 ? `${indent}# über ${words}\n` : '';
      if (depth < 3 && rng.below(2) === 0)
        return `${comment}${head}\n${block(inside, `${indent}  `, depth + 1)}`;
      return `${comment}${head} ${flow(inside, depth)}  # a note\n`;
    });
    return lines.join('');
  };
  return { text: block([], '', 0), values, keys };
}

/** Line and column of a word of the text; a quote before it belongs to it. */
function placeOfWord(text: string, word: string, quoted: boolean) {
  const at = new RegExp(`["']?\\b${word}\\b`).exec(text)!;
  const before = text.slice(0, quoted ? at.index : text.indexOf(word, at.index)).split('\n');
  return { file: 'x.yaml', line: before.length, column: before.at(-1)!.length + 1 };
}

Yaml('finds every value and key of 150 random documents where it stands', () => {
  const rng = Rng.from('yaml documents');
  let found = 0;
  for (let round = 0; round < 150; round++) {
    const { text, values, keys } = randomDocument(rng);
    const given = round % 2 ? text : text.replaceAll('\n', '\r\n');
    const file = parseYaml('x.yaml', given);
    for (const [word, path] of values) {
      assert.equal(file.placeOf(path), placeOfWord(given, word, true), `${word} in\n${given}`);
      assert.is(file.sourceOf(path), word);
      found++;
    }
    for (const [name, path] of keys) assert.equal(file.placeOfKey(path), placeOfWord(given, name, false));
  }
  assert.ok(found > 1000, `${found} values`);
});

Yaml('reads plain JSON: YAML 1.2 without the surprises of 1.1', () => {
  const { value } = parseYaml(
    'x',
    'a: no\nb: 012\nc: 1e-3\nd: -0\ne: 2024-01-01\nf: ~\ng: True\nh: NaN\ni: "1"\nj: 12:30\n1: one\nnull: two',
  );
  assert.equal(value, {
    a: 'no',
    b: 12,
    c: 0.001,
    d: 0,
    e: '2024-01-01',
    f: null,
    g: true,
    h: 'NaN',
    i: '1',
    j: '12:30',
    1: 'one',
    null: 'two',
  });
  assert.ok(Object.is((value as any).d, 0));
});

Yaml('keeps how a scalar was written', () => {
  const file = parseYaml('x', 'a: 1.0\nb: NULL\nc: "NA"\nd: []\ne:\nf: {x}\ng: 0x10');
  assert.equal(
    ['a', 'b', 'c', 'e', 'g'].map(key => file.sourceOf([key])),
    ['1.0', 'NULL', 'NA', '', '0x10'],
  );
  assert.is(file.sourceOf(['f', 'x']), '');
  assert.is(file.sourceOf(['f']), undefined);
  assert.is(file.sourceOf(['nowhere']), undefined);
});

Yaml('tells the nearest place around what is not there', () => {
  const file = parseYaml('x', 'a:\n  b: [1, 2]\n');
  assert.equal(file.placeOf(['a', 'b', 7]), { file: 'x', line: 2, column: 6 });
  assert.equal(file.placeOf(['a', 'c', 'd']), { file: 'x', line: 2, column: 3 });
});

Yaml('follows aliases to where their value was written', () => {
  const file = parseYaml('x', 'base: &grid [1, two]\nuse: *grid\n');
  assert.equal(file.value, { base: [1, 'two'], use: [1, 'two'] });
  assert.equal(file.placeOf(['use', 1]), { file: 'x', line: 1, column: 17 });
  assert.equal(file.placeOf(['use']), { file: 'x', line: 2, column: 6 });
});

const cases: [name: string, text: string, code: string, told?: Partial<InputError['complaint']>][] = [
  ['a tab', 'a:\n‹\tb: 1\n', 'bad-yaml', { hint: 'Indent with spaces.' }],
  ['an open bracket', 'a: [1, 2\nb: 3\n', 'bad-yaml'],
  ['an open quote', 'a: "x\n', 'bad-yaml'],
  ['a value that begins with @', 'a: ‹@x', 'bad-yaml'],
  [
    'two colons',
    'a: ‹b: c',
    'bad-yaml',
    { hint: 'If the colon belongs to the value, write the value in quotes.' },
  ],
  [
    'a second document',
    'a: 1\n‹---\nb: 2\n',
    'bad-yaml',
    { hint: 'A second document starts here: remove the `---`.' },
  ],
  ['an empty file', '‹', 'empty-file'],
  ['only comments', '‹# nothing\n', 'empty-file'],
  ['only null', '‹~\n', 'empty-file'],
  ['YAML 1.1', '‹%YAML 1.1\n---\na: yes\n', 'yaml-version', { value: '1.1', expected: '1.2' }],
  ['a key twice', 'a: 1\nb: 2\n‹a: 3\n', 'duplicate-key', { value: 'a', hint: 'The first is in line 1.' }],
  ['a key twice in a flow map', 'x: {a: 1, ‹"a": 3}\n', 'duplicate-key'],
  ['a merge key', 'd: &d {x: 1}\ne:\n  ‹<<: *d\n', 'merge-key', { hint: 'Write its keys out, one by one.' }],
  ['__proto__', 'a: 1\n‹__proto__: {x: 1}\n', 'forbidden-key', { value: '__proto__' }],
  ['constructor', 'a: {‹constructor: 1}\n', 'forbidden-key'],
  ['prototype', 'a: [{‹prototype: 1}]\n', 'forbidden-key'],
  ['a list as a key', '? ‹[a]\n: 1\n', 'bad-yaml'],
  ['a tag', 'a: ‹!!python/object:os.system x\n', 'bad-yaml'],
  ['a set', 'a: !!set ‹{x, y}\n', 'yaml-tag', { value: 'tag:yaml.org,2002:set' }],
  ['an anchor that is not there', 'a: ‹*b\n', 'unknown-alias', { value: '*b' }],
  ['a mistyped anchor', 'a: &base 1\nb: ‹*bsae\n', 'unknown-alias', { hint: 'Did you mean `base`?' }],
  ['an alias before its anchor', 'a: ‹*b\nc: &b 1\n', 'unknown-alias'],
  ['an alias in its own anchor', 'a: &a [1, ‹*a]\n', 'recursive-alias', { value: '*a' }],
  ['an infinite number', 'a: [1, ‹.inf]\n', 'not-finite', { value: '.inf' }],
  ['no number', 'a: ‹.NaN\n', 'not-finite'],
  ['a number beyond the doubles', 'a: ‹1e400\n', 'not-finite', { value: '1e400' }],
  [
    'a number with too many digits',
    'a: ‹12345678901234567890\n',
    'inexact-number',
    { hint: 'If it is a name, write it in quotes.' },
  ],
  ['an escape that repaints', 'a: ‹"\\e[2J"\n', 'control-character', { value: 'U+001B' }],
  ['an escape in a key', '‹"a\\u202eb": 1\n', 'control-character', { value: 'U+202E' }],
  ['text over lines', 'a: ‹|\n  one\n  two\n', 'control-character', { value: 'U+000A' }],
  ['lists too deep', `a: ${'['.repeat(70)}${']'.repeat(70)}`, 'too-deep', { expected: 'at most 64 levels' }],
  ['lists without end', '['.repeat(100_000), 'too-deep'],
];

for (const [name, text, code, told = {}] of cases) {
  Yaml(`refuses ${name}`, () => {
    const error = refused(text);
    assert.is(error.code, code, error.message);
    for (const [key, value] of Object.entries(told)) assert.equal(error.complaint[key as 'hint'], value);
    assert.ok(error.message.length < 250);
  });
}

Yaml('refuses aliases that multiply, at once', () => {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 12; i++)
    lines.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    );
  const before = process.cpuUsage();
  const errors = errorsOf(() => parseYaml('x', lines.join('\n')));
  assert.ok(process.cpuUsage(before).user < 2e6, 'it takes no time');
  assert.is(errors.length, 1);
  assert.is(errors[0].code, 'too-many-aliases');
});

Yaml('tells everything that is wrong in the form of a file', () => {
  const errors = errorsOf(() => parseYaml('x', 'a: .inf\na: 1\nb: *c\n'));
  assert.equal(
    errors.map(({ code, complaint }) => [code, complaint.place!.line]),
    [
      ['not-finite', 1],
      ['duplicate-key', 2],
      ['unknown-alias', 3],
    ],
  );
});

Yaml('a large file of keys is read in no time', () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `key${i}: 1`).join('\n');
  const before = process.cpuUsage();
  assert.is(Object.keys(parseYaml('x', text).value as object).length, 20_000);
  assert.ok(process.cpuUsage(before).user < 5e6);
});

Yaml('reads files, and says what is wrong with those it cannot read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spt-yaml-'));
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const refusal = (path: string): InputError => errorsOf(() => readYaml(path))[0];
  try {
    assert.equal(readYaml(file('bom.yaml', '\ufeffa: 1')).value, { a: 1 });
    assert.equal(readYaml(file('bom2.yaml', '\ufeffa: 1')).placeOf(['a']).column, 4, 'the mark is no column');
    assert.is(refusal(join(folder, 'none.yaml')).code, 'no-such-file');
    mkdirSync(join(folder, 'directory'));
    assert.match(refusal(join(folder, 'directory')).message, /directory/);
    assert.is(refusal(join(folder, 'bom.yaml', 'x')).code, 'unreadable-file');
    symlinkSync('circle.yaml', join(folder, 'circle.yaml'));
    assert.match(refusal(join(folder, 'circle.yaml')).message, /circle/);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    assert.match(refusal(join(folder, 'pipe')).message, /not a plain file/);
    const large = refusal(file('large.yaml', Buffer.alloc(MAX_FILE_BYTES + 1, '#')));
    assert.is(large.code, 'file-too-large');
    const latin = refusal(file('latin.yaml', Buffer.from('a: 1\nb: é\n', 'latin1')));
    assert.is(latin.code, 'not-utf8');
    assert.equal(latin.complaint.place, { file: join(folder, 'latin.yaml'), line: 2, column: 4 });
    assert.is(latin.complaint.value, 'byte 0xe9');
    assert.is(refusal(file('utf16.yaml', Buffer.from('\ufeffa: 1\n', 'utf16le'))).code, 'not-utf8');
    const control = refusal(file('control.yaml', 'a: 1\nb: x\u0000y\n'));
    assert.is(control.code, 'control-character');
    assert.equal(control.complaint.place, { file: join(folder, 'control.yaml'), line: 2, column: 5 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

Yaml.run();
