/** Columns of text: what they are taken for, what is asked, and the codes that a split gives them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DataColumn, SplitData } from '../../src/base/dataset.js';
import { parseMeta } from '../../src/data/meta.js';
import type { KindRule } from '../../src/data/types.js';
import { prepared, refused } from '../../support/splits.js';

const Mixed = suite('data: columns of text');

const index = (n: number): string[] => Array.from({ length: n }, (_, i) => `s${i + 1}`);

/** Two tables of as many samples as the column has cells. Half of them are in batch 1, and the others in batch 3. */
function tablesOf(columns: { [name: string]: readonly string[] }) {
  const names = Object.keys(columns);
  const n = columns[names[0]].length;
  const rows = index(n).map((id, i) => [id, ...names.map(name => columns[name][i])].join(','));
  const batch = (i: number): number => (i < n / 2 ? 1 : 3);
  return {
    featuresText: `Run,${names.join(',')}\n${rows.join('\n')}\n`,
    metadataText: `Run,Condition,Batch\n${index(n)
      .map((id, i) => `${id},${i % 2 ? 'well' : 'sick'},${batch(i)}\n`)
      .join('')}`,
  };
}

interface Told {
  column: DataColumn;
  /** The codes of the samples to train on, and to validate on. */
  train: number[];
  validate: number[];
}

const told = ({ columns, train, validate }: SplitData, j = 0): Told => ({
  column: columns[j],
  train: [...train.x.data.subarray(j * train.x.rows, (j + 1) * train.x.rows)],
  validate: [...validate!.x.data.subarray(j * validate!.x.rows, (j + 1) * validate!.x.rows)],
});

/** The first half of the cells is trained on, and the other half is validated on. */
async function columnOf(cells: readonly string[], kind?: Omit<KindRule, 'pattern'>): Promise<Told> {
  const kinds = kind && [{ ...kind, pattern: 'x' }];
  return told((await prepared({ ...tablesOf({ x: cells }), kinds })).data);
}

const times = (words: readonly string[], n: number): string[] =>
  Array.from({ length: n }, (_, i) => words[i % words.length]);

Mixed(
  'text with few different values is a category, whose levels are those of the training samples',
  async () => {
    const found = await columnOf(['Ulm', 'Bonn', '', 'Ulm', 'Jena', 'Bonn', 'NA', 'Ulm']);
    assert.equal(found, {
      column: { name: 'x', kind: 'category', levels: ['Bonn', 'Ulm'] },
      train: [1, 0, NaN, 1],
      validate: [2, 0, NaN, 1],
    });
  },
);

Mixed('levels stand in the order of scikit-learn: numbers as numbers, text by code points', async () => {
  const numbers = await columnOf(['10', '9', '-1', '9', '1.0', '10', '9.0', '2'], { kind: 'category' });
  assert.equal(numbers.column, { name: 'x', kind: 'category', levels: ['-1', '9', '10'] });
  assert.equal(numbers.train, [2, 1, 0, 1]);
  assert.equal(numbers.validate, [3, 2, 1, 3], '9.0 is the level 9; 1.0 and 2 are no levels');
  const words = await columnOf(['b', 'B', 'é', '\u{1f600}', '\uff5a', 'a10', 'a9', 'B', ...times(['b'], 8)]);
  assert.equal(words.column, {
    name: 'x',
    kind: 'category',
    levels: ['B', 'a10', 'a9', 'b', 'é', '\uff5a', '\u{1f600}'],
  });
});

Mixed('two words of truth are the numbers 1 and 0, and other words are not', async () => {
  for (const [yes, no] of [
    ['TRUE', 'FALSE'],
    ['yes', 'No'],
    ['T', 'F'],
    ['y', 'n'],
    ['True', 'false'],
  ]) {
    const found = await columnOf([yes, no, '', no, yes, yes, no, no]);
    assert.equal(found, {
      column: { name: 'x', kind: 'number', boolean: true },
      train: [1, 0, NaN, 0],
      validate: [1, 1, 0, 0],
    });
  }
  for (const words of [
    ['F', 'M'],
    ['yes', 'false'],
    ['no', 'no'],
    ['yes', 'no', 'ex'],
  ])
    assert.is((await columnOf(times(words, 8))).column.kind, 'category', words.join());
  const asked = await columnOf(times(['yes', 'no'], 8), { kind: 'category' });
  assert.equal(asked.column, { name: 'x', kind: 'category', levels: ['no', 'yes'] });
  const digits = await columnOf(times(['1', '0.0'], 8), { kind: 'boolean' });
  assert.equal(
    digits.column,
    { name: 'x', kind: 'number' },
    'numbers stay numbers, and their data its digest',
  );
});

Mixed('ordered levels keep the given order, also those that no sample has', async () => {
  const levels = ['low', 'mid', 'high', 'never'];
  const found = await columnOf(['high', 'low', '', 'low', 'mid', 'high', 'low', 'low'], {
    kind: 'ordered',
    levels,
  });
  assert.equal(found, {
    column: { name: 'x', kind: 'category', levels, ordered: true },
    train: [2, 0, NaN, 0],
    validate: [1, 2, 0, 0],
  });
});

Mixed('numbers with a few texts among them are never a category', async () => {
  const numbers = times(['1', '2.5', '3', '4e1'], 40);
  for (const text of ['high', '1O', '?', '1,5', '<3', '5%', '3 mg', '2024-01-31', 'inf'])
    for (const at of [0, 17, 39]) {
      const found = await refused(tablesOf({ x: numbers.with(at, text.includes(',') ? `"${text}"` : text) }));
      const [code, what] = text === 'inf' ? ['infinite-cell', 'an infinite number'] : ['bad-cell', 'text'];
      assert.is(found, `${code} features.csv:${at + 2}:2 the column "x" holds ${what}, "${text}"`);
    }
  const many = await refused(
    tablesOf({ x: numbers.with(9, 'b').with(3, 'a').with(5, 'b'), y: numbers.with(2, 'c') }),
  );
  assert.is(many, 'bad-cell features.csv:4:3 the column "y" holds text, "c" (4 cells like it, in y, x)');
  assert.match(await refused(tablesOf({ x: times(['A', 'B', 'C', '7'], 40) })), 'bad-cell features.csv:2:2');
  assert.is((await columnOf(times(['A', 'B', 'C', '7'], 40), { kind: 'category' })).column.kind, 'category');
});

Mixed('columns of numbers in another form, dates and free text are refused by name', async () => {
  const forms: [string, (i: number) => string, string][] = [
    ['comma', i => `"${i},5"`, 'bad-cell'],
    ['few commas', i => `"${i % 3},5"`, 'bad-cell'],
    ['percentage', i => `${i % 3}%`, 'bad-cell'],
    ['unit', i => `${i}mg`, 'bad-cell'],
    ['date', i => `2024-0${1 + (i % 3)}-01`, 'date-column'],
    ['month', i => `${1 + (i % 3)} Feb 2024`, 'date-column'],
    ['clock', i => `1${i % 10}:30`, 'date-column'],
    ['text', i => `patient ${i}`, 'free-text'],
  ];
  for (const [name, of, code] of forms) {
    const cells = Array.from({ length: 40 }, (_, i) => of(i));
    assert.ok((await refused(tablesOf({ x: cells }))).startsWith(`${code} features.csv:2:2`), name);
    assert.is((await columnOf(cells, { kind: 'category' })).column.kind, 'category', name);
  }
  for (const words of [
    ['<18', '18-65', '>65'],
    ['1st', '2nd', '3rd'],
    ['5mg', '10mg'],
    ['none', 'mild', 'severe'],
  ])
    assert.is((await columnOf(times(words, 24))).column.kind, 'category', words.join());
});

Mixed('text that comes late is the same as text that comes first, and numbers beside it stay', async () => {
  const [first, late] = [times(['a', 'b', ''], 30), times(['', 'b', 'a'], 30)];
  const numbers = Array.from({ length: 30 }, (_, i) => `${i / 4}`);
  const { data } = await prepared(tablesOf({ u: numbers, x: first, v: numbers, y: late, w: numbers }));
  assert.equal(
    data.columns.map(({ name, kind }) => `${name} ${kind}`),
    ['u number', 'x category', 'v number', 'y category', 'w number'],
  );
  const half = numbers.slice(0, 15).map(Number);
  for (const j of [0, 2, 4]) assert.equal(told(data, j).train, half);
  const codes = (cells: string[]): number[] => cells.slice(0, 15).map(cell => ({ a: 0, b: 1 })[cell] ?? NaN);
  assert.equal([told(data, 1).train, told(data, 3).train], [codes(first), codes(late)]);
});

Mixed('a name counts before a pattern, and data of numbers keeps its form', async () => {
  const cells = times(['1', '2'], 8);
  const tables = tablesOf({ is_a: cells, is_b: cells, c: cells });
  const kinds: KindRule[] = [
    { pattern: 'is_*', kind: 'category' },
    { pattern: 'is_b', kind: 'number' },
  ];
  const { data, meta } = await prepared({ ...tables, kinds });
  assert.equal(
    data.columns.map(({ kind }) => kind),
    ['category', 'number', 'number'],
  );
  const read = parseMeta(meta);
  assert.ok('meta' in read && read.meta.columns.length === 3, 'and is read again');
  const plain = await prepared(tables);
  const asked = await prepared({ ...tables, kinds: [{ pattern: '*', kind: 'number' }] });
  assert.is(asked.digest, plain.digest);
});

Mixed.run();
