import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../../../src/base/dataset.js';
import { Rng } from '../../../../src/base/rng.js';
import { mark } from '../../../../src/kernels/memory.js';
import { fromRows, mapColumns } from '../../../../src/ml/algebra/matrix.js';
import { ridgeClassifier } from '../../../../src/ml/families/linear/ridge-classifier.js';
import type { ClassProblem, Classifier } from '../../../../src/ml/types.js';
import { blobs } from '../../../../support/datasets.js';
import { fixture } from '../../../../support/fixture.js';

/** RidgeClassifier beside scikit-learn's (fixtures/make_ridge.py), and at its edges. */

interface Table {
  x: number[][];
  y: number[];
  fresh: number[][];
  classes: number;
  weights: number[];
}
interface Case {
  table: string;
  params: object;
  weighted: boolean;
  coef: number[];
  decision: number[];
  /** How far scikit-learn's decisions and coefficients move when the table moves by one part in 1e15. */
  sensitivity: [decisions: number, coefficients: number];
}
const { tables, cases }: { tables: { [name: string]: Table }; cases: Case[] } = fixture('ridge');
const test = suite('RidgeClassifier');

function fit(problem: ClassProblem, params: object = {}): Classifier {
  const before = mark();
  const context = { rng: Rng.from('test'), warn: () => assert.unreachable('a warning') };
  const model = ridgeClassifier.fit(problem, ridgeClassifier.params.parse(params), context);
  assert.is(mark(), before, 'kernel memory is given back');
  return model;
}

function problemOf(name: string, weighted = false): ClassProblem {
  const { x, y, classes, weights } = tables[name];
  const problem: ClassProblem = { x: fromRows(x), y: Int32Array.from(y), classes };
  return weighted ? { ...problem, weights: Float64Array.from(weights) } : problem;
}

const coefOf = (model: Classifier): Float64Array => (model.serialize() as { coef: Float64Array }).coef;

/** The largest distance, over the largest size of the expected values. */
function distance(found: Float64Array, expected: ArrayLike<number>): number {
  assert.is(found.length, expected.length);
  const size = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return found.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at])), 0) / size;
}

cases.forEach(({ table, params, weighted, coef, decision, sensitivity }) => {
  const how = weighted ? ', weighted,' : '';
  test(`${JSON.stringify(params)} on ${table}${how} is scikit-learn's`, () => {
    const model = fit(problemOf(table, weighted), params);
    const fresh = fromRows(tables[table].fresh);
    const far = [distance(model.decision!(fresh), decision), distance(coefOf(model), coef)];
    far.forEach((one, at) => assert.ok(one <= Math.max(1e-9, 20 * sensitivity[at]), `${at}: ${one}`));
  });
});

test('more features than samples are solved as fewer are: an empty feature changes nothing', () => {
  const { x, ...rest } = blobs(30, 30, 3, 1);
  const wider: Matrix = { rows: 30, columns: 31, data: new Float64Array(30 * 31) };
  wider.data.set(x.data);
  const [tall, wide] = [fit({ x, ...rest }), fit({ x: wider, ...rest })];
  assert.ok(distance(wide.decision!(wider), tall.decision!(x)) < 1e-12);
});

test('dependent features share their coefficient, whatever alpha is', () => {
  const one = blobs(40, 1, 2, 2);
  const twice: Matrix = { rows: 40, columns: 2, data: Float64Array.of(...one.x.data, ...one.x.data) };
  for (const alpha of [0, 1e-300, 1e-20, 1e-3, 10]) {
    const [first, second] = coefOf(fit({ ...one, x: twice }, { alpha }));
    const [whole] = coefOf(fit(one, { alpha: alpha / 2 }));
    assert.ok(Math.abs(first - second) <= 1e-9 * Math.abs(whole), `${alpha}: ${first}, ${second}`);
    assert.ok(Math.abs(first + second - whole) <= 1e-9 * Math.abs(whole), `${alpha}: ${first + second}`);
  }
});

test('values of any size are learned from', () => {
  const problem = blobs(30, 3, 3, 2);
  const expected = fit(problem, { alpha: 0 }).decision!(problem.x);
  for (const factor of [1e-300, 1e-160, 1e160, 1e300]) {
    const x = mapColumns(problem.x, value => value * factor);
    assert.ok(distance(fit({ ...problem, x }, { alpha: 0 }).decision!(x), expected) < 1e-9, `${factor}`);
    for (const alpha of [1e-6, 1, 1e308]) {
      const found = fit({ ...problem, x }, { alpha }).decision!(x);
      assert.ok(found.every(Number.isFinite), `${factor}, alpha ${alpha}`);
    }
  }
});

test('samples without weight count for nothing', () => {
  const problem = blobs(30, 3, 2, 2);
  const weights = Float64Array.from(problem.y, () => 0);
  assert.equal(coefOf(fit({ ...problem, weights })), new Float64Array(3));
  const model = fit(problem, { class_weight: { 0: 0 } });
  assert.ok(model.predict(problem.x).every(code => code === 1));
});

test('coefficients that must be positive are refused', () => {
  assert.not.ok(ridgeClassifier.params.safeParse({ positive: true }).success);
});

test.run();
