import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CrossValidation } from '../../src/base/config.js';
import { InputError } from '../../src/base/errors.js';
import type { FoldType } from '../../src/base/fold-types.js';
import { countFolds, makeFolds, type Fold, type FoldInput } from '../../src/ml/folds.js';
import { fixture } from '../../support/fixture.js';

/** Folds against scikit-learn's (fixtures/make_folds.py), and what they promise when shuffled. */

interface Case {
  classes: number;
  folds: number;
  y: number[];
  groups?: number[];
  foldOf: number[];
}

/** Digits, one a sample. */
type Many = [folds: number, classes: number, y: string, groups: string, foldOf: string];

/** A type that looks at no class, and the rows of its folds: to fit on, and to score on. */
interface Other {
  type: FoldType;
  cv: { folds: number; gap?: number };
  n: number;
  groups?: number[];
  folds?: number[];
  rows: [train: number[], test: number[]][];
}

const cases: { stratified: Case[]; grouped: Case[]; many: Many[]; others: Other[] } = fixture('folds');
const test = suite('folds');

/** The folds of samples with these codes of classes. */
function classFolds(
  { y, classes, ...columns }: { y: Int32Array; classes: number } & Omit<FoldInput, 'target'>,
  cv: CrossValidation,
  seed: number,
): Fold[] {
  return makeFolds({ target: { kind: 'classes', codes: y, k: classes }, ...columns }, cv, seed);
}

function foldOf(folds: Fold[], n: number): number[] {
  const found = new Array<number>(n).fill(-1);
  for (const { fold, test: rows } of folds) for (const row of rows) found[row] = fold;
  return found;
}

cases.stratified.forEach(({ classes, folds, y, foldOf: expected }, at) => {
  test(`stratified folds, case ${at}, are scikit-learn's`, () => {
    const found = classFolds({ y: Int32Array.from(y), classes }, { folds }, 0);
    assert.equal(foldOf(found, y.length), expected);
  });
});

cases.grouped.forEach(({ classes, folds, y, groups, foldOf: expected }, at) => {
  test(`grouped folds, case ${at}, are scikit-learn's`, () => {
    const input = { y: Int32Array.from(y), classes, groups: Int32Array.from(groups!) };
    assert.equal(foldOf(classFolds(input, { folds, group: 'Site' }, 0), y.length), expected);
  });
});

test("grouped folds of up to 40 classes, with ties and without, are scikit-learn's", () => {
  const digits = (text: string): Int32Array =>
    Int32Array.from(text, digit => '0123456789abcdefghijklmnopqrstuvwxyzABCD'.indexOf(digit));
  assert.ok(cases.many.length > 250);
  for (const [folds, classes, y, groups, expected] of cases.many) {
    const input = { y: digits(y), classes, groups: digits(groups) };
    const found = foldOf(classFolds(input, { folds, group: 'Site' }, 0), y.length);
    assert.equal(found, [...digits(expected)], `${classes} classes, ${folds} folds`);
  }
});

/** n samples with values for a target, in the order of time. */
function valued({ n, groups, folds }: Omit<Other, 'type' | 'cv' | 'rows'>): FoldInput {
  return {
    target: { kind: 'values', values: new Float64Array(n) },
    times: Float64Array.from({ length: n }, (_, i) => i / 2),
    ...(groups && { groups: Int32Array.from(groups) }),
    ...(folds && { folds: Int32Array.from(folds) }),
  };
}

const rowsOf = (folds: Fold[]): number[][][] => folds.map(({ train, test: held }) => [[...train], [...held]]);

cases.others.forEach(({ type, cv, rows, ...columns }, at) => {
  test(`folds of the type ${type}, case ${at}, are scikit-learn's`, () => {
    const input = valued(columns);
    assert.equal(rowsOf(makeFolds(input, { type, ...cv }, 0)), rows);
    if (['leave-one-out', 'leave-one-group-out', 'predefined'].includes(type))
      assert.is(countFolds(type, input), rows.length);
  });
});

test('without a type, values have plain folds, or folds of groups', () => {
  const input = valued({ n: 12, groups: Array.from({ length: 12 }, (_, i) => i % 5) });
  const made = (cv: CrossValidation) => rowsOf(makeFolds(input, cv, 0));
  assert.equal(made({ folds: 3 }), made({ folds: 3, type: 'kfold' }));
  assert.equal(made({ folds: 3, group: 'Site' }), made({ folds: 3, type: 'group', group: 'Site' }));
  assert.not.equal(made({ folds: 3, group: 'Site' }), made({ folds: 3 }));
});

test('folds in time follow the times, and rows of one time keep their order', () => {
  const order = [5, 2, 7, 0, 3, 6, 1, 4];
  const times = new Float64Array(8);
  order.forEach((row, place) => (times[row] = place));
  const input: FoldInput = { target: { kind: 'values', values: new Float64Array(8) }, times };
  const found = rowsOf(makeFolds(input, { type: 'time', folds: 3, by: 'Date' }, 0));
  const sorted = (rows: number[]): number[] => rows.sort((a, b) => a - b);
  assert.equal(
    found,
    [2, 4, 6].map(start => [sorted(order.slice(0, start)), sorted(order.slice(start, start + 2))]),
  );
  const tied = { ...input, times: new Float64Array(8) };
  assert.equal(rowsOf(makeFolds(tied, { type: 'time', folds: 3 }, 0))[0], [
    [0, 1],
    [2, 3],
  ]);
});

test('shuffled folds of groups have as many groups each, and keep them together', () => {
  const groups = Array.from({ length: 60 }, (_, i) => (i * i) % 20);
  const found = makeFolds(
    valued({ n: 60, groups }),
    { folds: 3, type: 'group', shuffle: true, repeats: 2 },
    4,
  );
  const sets = found.map(({ test: held }) => new Set(Array.from(held, row => groups[row])));
  const count = new Set(groups).size;
  for (const [at, set] of sets.entries()) {
    assert.ok(Math.abs(set.size - count / 3) < 1);
    for (const group of sets[at - (at % 3)]) if (at % 3 > 0) assert.not.ok(set.has(group));
  }
  assert.not.equal([...sets[0]], [...sets[3]]);
});

test('shuffled plain folds are as large as without, and differ by repeat', () => {
  const found = makeFolds(valued({ n: 23 }), { folds: 4, type: 'kfold', shuffle: true, repeats: 2 }, 4);
  assert.equal(
    found.map(({ test: held }) => held.length),
    [6, 6, 6, 5, 6, 6, 6, 5],
  );
  assert.not.equal(foldOf(found.slice(0, 4), 23), foldOf(found.slice(4), 23));
});

test('train and test are ascending and together all rows', () => {
  const y = Int32Array.from({ length: 31 }, (_, i) => (i * i) % 2);
  for (const { train, test: held } of classFolds(
    { y, classes: 2 },
    { folds: 4, shuffle: true, repeats: 2 },
    5,
  )) {
    assert.equal(
      [...train],
      [...train].sort((a, b) => a - b),
    );
    assert.equal(
      [...held],
      [...held].sort((a, b) => a - b),
    );
    assert.equal(
      [...train, ...held].sort((a, b) => a - b),
      [...y.keys()],
    );
  }
});

test('shuffled folds are stratified, differ by seed and repeat, and come again', () => {
  const y = Int32Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const draw = (seed: number): Fold[] =>
    classFolds({ y, classes: 2 }, { folds: 5, shuffle: true, seed, repeats: 2 }, 9);
  const folds = draw(1);
  assert.is(folds.length, 10);
  for (const { test: held } of folds) assert.is(held.filter(row => y[row] === 1).length, 4);
  const [first, second] = [folds.slice(0, 5), folds.slice(5)].map(part => foldOf(part, 60));
  assert.not.equal(first, second);
  assert.equal(foldOf(draw(1).slice(0, 5), 60), first);
  assert.not.equal(foldOf(draw(2).slice(0, 5), 60), first);
});

test('groups stay together when shuffled', () => {
  const y = Int32Array.from({ length: 80 }, (_, i) => i % 2);
  const groups = Int32Array.from({ length: 80 }, (_, i) => i >> 2);
  const found = classFolds({ y, classes: 2, groups }, { folds: 4, group: 'Site', shuffle: true }, 3);
  const of = foldOf(found, 80);
  for (let i = 0; i < 80; i++) assert.is(of[i], of[i & ~3]);
});

test('the cv seed goes before that of the search', () => {
  const y = Int32Array.from({ length: 40 }, (_, i) => i % 2);
  const of = (cvSeed: number | undefined, seed: number): number[] =>
    foldOf(classFolds({ y, classes: 2 }, { folds: 4, shuffle: true, seed: cvSeed }, seed), 40);
  assert.equal(of(3, 1), of(3, 2));
  assert.equal(of(undefined, 3), of(3, 0));
});

const refusals: [string, string, () => Fold[]][] = [
  [
    'a class with too few members',
    'too-few-members',
    () => classFolds({ y: Int32Array.of(0, 0, 0, 1), classes: 2 }, { folds: 2 }, 0),
  ],
  ['one fold', 'bad-folds', () => classFolds({ y: Int32Array.of(0, 1), classes: 2 }, { folds: 1 }, 0)],
  ['half a fold', 'bad-folds', () => classFolds({ y: Int32Array.of(0, 1), classes: 2 }, { folds: 2.5 }, 0)],
  [
    'repeats without shuffle',
    'bad-folds',
    () => classFolds({ y: Int32Array.of(0, 0, 1, 1), classes: 2 }, { folds: 2, repeats: 3 }, 0),
  ],
  [
    'groups that are not there',
    'no-groups',
    () => classFolds({ y: Int32Array.of(0, 0, 1, 1), classes: 2 }, { folds: 2, group: 'Site' }, 0),
  ],
  [
    'times that are not there',
    'no-groups',
    () => classFolds({ y: Int32Array.of(0, 0, 1, 1), classes: 2 }, { folds: 2, type: 'time' }, 0),
  ],
  [
    'a gap that leaves nothing to fit on',
    'too-few-to-fold',
    () => makeFolds(valued({ n: 9 }), { folds: 2, type: 'time', gap: 3 }, 0),
  ],
  [
    'more folds than samples',
    'too-few-to-fold',
    () => makeFolds(valued({ n: 4 }), { folds: 5, type: 'kfold' }, 0),
  ],
  [
    'a type of the future',
    'bad-folds',
    () => makeFolds(valued({ n: 4 }), { folds: 2, type: 'purged' as FoldType }, 0),
  ],
  [
    'fewer groups than folds',
    'too-few-groups',
    () =>
      classFolds(
        { y: Int32Array.of(0, 0, 0, 1, 1, 1), classes: 2, groups: Int32Array.of(0, 0, 0, 1, 1, 1) },
        { folds: 3, group: 'Site' },
        0,
      ),
  ],
];
for (const [what, code, make] of refusals) {
  test(`refuses ${what}`, () => {
    assert.throws(make, (error: InputError) => error instanceof InputError && error.code === code);
  });
}

test('a class that no sample has is left out', () => {
  assert.is(classFolds({ y: Int32Array.of(0, 2, 0, 2), classes: 3 }, { folds: 2 }, 0).length, 2);
});

test.run();
