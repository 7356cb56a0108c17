import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { makeFolds, type Fold } from '../../src/ml/folds.js';
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

const cases: { stratified: Case[]; grouped: Case[]; many: Many[] } = fixture('folds');
const test = suite('folds');

function foldOf(folds: Fold[], n: number): number[] {
  const found = new Array<number>(n).fill(-1);
  for (const { fold, test: rows } of folds) for (const row of rows) found[row] = fold;
  return found;
}

cases.stratified.forEach(({ classes, folds, y, foldOf: expected }, at) => {
  test(`stratified folds, case ${at}, are scikit-learn's`, () => {
    const found = makeFolds({ y: Int32Array.from(y), classes }, { folds }, 0);
    assert.equal(foldOf(found, y.length), expected);
  });
});

cases.grouped.forEach(({ classes, folds, y, groups, foldOf: expected }, at) => {
  test(`grouped folds, case ${at}, are scikit-learn's`, () => {
    const input = { y: Int32Array.from(y), classes, groups: Int32Array.from(groups!) };
    assert.equal(foldOf(makeFolds(input, { folds, group: 'Site' }, 0), y.length), expected);
  });
});

test("grouped folds of up to 40 classes, with ties and without, are scikit-learn's", () => {
  const digits = (text: string): Int32Array =>
    Int32Array.from(text, digit => '0123456789abcdefghijklmnopqrstuvwxyzABCD'.indexOf(digit));
  assert.ok(cases.many.length > 250);
  for (const [folds, classes, y, groups, expected] of cases.many) {
    const input = { y: digits(y), classes, groups: digits(groups) };
    const found = foldOf(makeFolds(input, { folds, group: 'Site' }, 0), y.length);
    assert.equal(found, [...digits(expected)], `${classes} classes, ${folds} folds`);
  }
});

test('train and test are ascending and together all rows', () => {
  const y = Int32Array.from({ length: 31 }, (_, i) => (i * i) % 2);
  for (const { train, test: held } of makeFolds(
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
    makeFolds({ y, classes: 2 }, { folds: 5, shuffle: true, seed, repeats: 2 }, 9);
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
  const found = makeFolds({ y, classes: 2, groups }, { folds: 4, group: 'Site', shuffle: true }, 3);
  const of = foldOf(found, 80);
  for (let i = 0; i < 80; i++) assert.is(of[i], of[i & ~3]);
});

test('the cv seed goes before that of the search', () => {
  const y = Int32Array.from({ length: 40 }, (_, i) => i % 2);
  const of = (cvSeed: number | undefined, seed: number): number[] =>
    foldOf(makeFolds({ y, classes: 2 }, { folds: 4, shuffle: true, seed: cvSeed }, seed), 40);
  assert.equal(of(3, 1), of(3, 2));
  assert.equal(of(undefined, 3), of(3, 0));
});

const refusals: [string, string, () => Fold[]][] = [
  [
    'a class with too few members',
    'too-few-members',
    () => makeFolds({ y: Int32Array.of(0, 0, 0, 1), classes: 2 }, { folds: 2 }, 0),
  ],
  ['one fold', 'bad-folds', () => makeFolds({ y: Int32Array.of(0, 1), classes: 2 }, { folds: 1 }, 0)],
  ['half a fold', 'bad-folds', () => makeFolds({ y: Int32Array.of(0, 1), classes: 2 }, { folds: 2.5 }, 0)],
  [
    'repeats without shuffle',
    'bad-folds',
    () => makeFolds({ y: Int32Array.of(0, 0, 1, 1), classes: 2 }, { folds: 2, repeats: 3 }, 0),
  ],
  [
    'groups that are not there',
    'no-groups',
    () => makeFolds({ y: Int32Array.of(0, 0, 1, 1), classes: 2 }, { folds: 2, group: 'Site' }, 0),
  ],
  [
    'fewer groups than folds',
    'too-few-groups',
    () =>
      makeFolds(
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
  assert.is(makeFolds({ y: Int32Array.of(0, 2, 0, 2), classes: 3 }, { folds: 2 }, 0).length, 2);
});

test.run();
