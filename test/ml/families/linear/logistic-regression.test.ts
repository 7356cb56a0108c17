/** LogisticRegression beside closed forms, and at its edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../../src/base/errors.js';
import { logisticRegression } from '../../../../src/ml/families/linear/logistic-regression.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { digest, fromText, toText } from '../../../../src/ml/serialize.js';
import type { ClassProblem } from '../../../../src/ml/types.js';
import { fit, generated, close } from '../../../../support/logistic.js';

const test = suite('LogisticRegression');

test('weights count like repeated samples, and 0 like none', () => {
  const problem = generated(60, 4, 2);
  const counts = Int32Array.from({ length: 60 }, (_, i) => i % 3);
  const rows = [...counts].flatMap((count, i) => Array<number>(count).fill(i));
  const repeated: ClassProblem = {
    classes: 2,
    y: Int32Array.from(rows, i => problem.y[i]),
    x: {
      rows: rows.length,
      columns: 4,
      data: Float64Array.from([0, 1, 2, 3].flatMap(j => rows.map(i => problem.x.data[j * 60 + i]))),
    },
  };
  for (const params of [{ penalty: 'l1', C: 0.5 }, { penalty: 'l2' }]) {
    const weighted = fit({ ...problem, weights: Float64Array.from(counts) }, { ...params, tol: 1e-8 });
    const plain = fit(repeated, { ...params, tol: 1e-8 });
    close(weighted.coef, plain.coef, 1e-6, 'coefficient');
    close(weighted.intercept, plain.intercept, 1e-6, 'intercept');
  }
});

test('closed forms: one balanced binary feature, and the null model', () => {
  // Two groups of 10 with 8 and 3 of class 1: without a penalty the probabilities are the shares.
  const rows = Array.from({ length: 20 }, (_, i) => [i < 10 ? 0 : 1]);
  const y = Int32Array.from(rows, ([group], i) => (i % 10 < (group === 0 ? 8 : 3) ? 1 : 0));
  const problem = { x: fromRows(rows), y, classes: 2 };
  const free = fit(problem, { penalty: 'none' });
  close(free.intercept, [Math.log(4)], 1e-6, 'intercept');
  close(free.coef, [Math.log(3 / 7) - Math.log(4)], 1e-6, 'coefficient');
  const strong = fit(problem, { penalty: 'l1', C: 1e-3 });
  assert.equal([...strong.coef], [0]);
  close(strong.intercept, [Math.log(11 / 9)], 1e-6, 'intercept');
});

test('the same bits again, after other fits, and back from its text', () => {
  const problem = generated(80, 30, 3);
  const params = { penalty: 'elasticnet', l1_ratio: 0.5 };
  const first = fit(problem, params).model;
  fit(generated(50, 300, 2), { penalty: 'l1' });
  const second = fit(problem, params).model;
  assert.is(digest(second.serialize()), digest(first.serialize()));
  const loaded = logisticRegression.load(fromText(toText(first.serialize())));
  assert.equal(loaded.proba!(problem.x), first.proba!(problem.x));
  assert.equal(loaded.predict(problem.x), first.predict(problem.x));
});

test('golden digests', () => {
  const digests = [{ penalty: 'l1' }, { penalty: 'l2' }, { penalty: 'elasticnet', l1_ratio: 0.3, C: 3 }].map(
    params =>
      [generated(70, 9, 2), generated(30, 250, 3)].map(problem =>
        digest(fit(problem, params).model.serialize()),
      ),
  );
  assert.equal(digests.flat(), [
    '5a96bc5f82a1b11bed2e8d54d20b541f',
    'bef79c506cc82bcb19d8d38b5da30ef8',
    '563b8039ea1a0d401b60976684d10d3d',
    'f950de36a30f274d2b1fd44c6497edc7',
    '4a482f0b410dafdb24ff43cd5da7118f',
    '52f3041f9962fb0741c8f6e33fb9acd7',
  ]);
});

const shifts: { [name: string]: unknown }[] = [
  { penalty: 'l2' },
  { penalty: 'none' },
  { penalty: 'l1', C: 3 },
  { penalty: 'elasticnet', l1_ratio: 0.5, C: 3 },
  { penalty: 'l1', C: 3, multi_class: 'ovr' },
];

/** The problem with one feature moved by a power of 2, so that its values are only rounded to the spacing there. */
function shiftedBy(problem: ClassProblem, amount: number): [near: ClassProblem, far: ClassProblem] {
  const { rows, columns } = problem.x;
  const [near, far] = [problem.x.data.slice(), problem.x.data.slice()];
  for (let i = 0; i < rows; i++) {
    far[i] = near[i] + amount;
    near[i] = far[i] - amount;
  }
  const of = (data: Float64Array): ClassProblem => ({ ...problem, x: { rows, columns, data } });
  return [of(near), of(far)];
}

for (const params of shifts) {
  test(`a shift of a column changes no optimum: ${JSON.stringify(params)}`, () => {
    for (const [rows, columns, classes] of [
      [80, 4, 2],
      [80, 4, 3],
      [20, 60, 2],
    ]) {
      if (params.penalty === 'none' && columns > rows) continue;
      for (const amount of [1e3, 2e7, 1.7e9]) {
        const [near, far] = shiftedBy(generated(rows, columns, classes), amount);
        const [one, other] = [fit(near, { ...params, tol: 1e-6 }), fit(far, { ...params, tol: 1e-6 })];
        assert.equal([one.warnings, other.warnings], [[], []], `${amount}`);
        close(other.coef, one.coef, 1e-6, `coefficient at ${amount}`);
        const [expected, found] = [one.model.proba!(near.x), other.model.proba!(far.x)];
        close(found, expected, 1e-6, `probability at ${amount}`);
      }
    }
  });
}

test('times in seconds beside scaled features warn of nothing', () => {
  const problem = generated(80, 4, 2);
  for (let i = 0; i < 80; i++) problem.x.data[i] = Math.round(1.7e9 + 1e6 * problem.x.data[i]);
  for (const params of shifts) assert.equal(fit(problem, params).warnings, [], JSON.stringify(params));
});

test('probabilities add up to 1 and agree with the predicted classes', () => {
  for (const params of [{}, { multi_class: 'ovr' }, { solver: 'liblinear' }]) {
    const problem = generated(90, 6, 4);
    const { model } = fit(problem, params);
    const proba = model.proba!(problem.x);
    const codes = model.predict(problem.x);
    for (let i = 0; i < 90; i++) {
      const row = [...proba.subarray(4 * i, 4 * i + 4)];
      assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
      assert.is(row.indexOf(Math.max(...row)), codes[i]);
    }
  }
});

test('a search that stops short warns with gap, tolerance and advice', () => {
  const { warnings } = fit(generated(60, 10, 2), { max_iter: 1 });
  assert.is(warnings.length, 1);
  assert.is(warnings[0].code, 'not-converged');
  assert.match(
    warnings[0].message,
    /1 of 1 iterations: the duality gap is \S+, and the tolerance is \S+\. Raise max_iter\.$/,
  );
  assert.ok(warnings[0].unranked);
  const wild = generated(60, 10, 2);
  for (let i = 0; i < 60; i++) wild.x.data[i] *= 1e6;
  assert.match(
    fit(wild, { max_iter: 1 }).warnings[0].message,
    /\. Raise max_iter, or scale the features \(StandardScaler\)\.$/,
  );
});

test('separable classes without a penalty end with a warning and finite coefficients', () => {
  for (const classes of [2, 3]) {
    const { warnings, coef, model } = fit(generated(30, 60, classes), { penalty: 'none' });
    assert.equal(
      warnings.map(({ code }) => code),
      ['separable'],
    );
    assert.ok(coef.every(Number.isFinite));
    assert.equal(model.predict(generated(30, 60, classes).x), generated(30, 60, classes).y);
  }
});

test('duplicate, constant and huge columns do no harm', () => {
  const base = generated(50, 3, 2);
  const data = new Float64Array(50 * 6);
  data.set(base.x.data);
  data.set(base.x.data.subarray(0, 50), 150);
  data.fill(7, 200, 250);
  data.set(
    base.x.data.subarray(50, 100).map(value => value * 1e6),
    250,
  );
  const problem = { ...base, x: { rows: 50, columns: 6, data } };
  for (const params of [
    { penalty: 'l1' },
    { penalty: 'l2' },
    { penalty: 'none' },
    { penalty: 'elasticnet', l1_ratio: 0.5 },
  ]) {
    const fitted = fit(problem, params);
    assert.equal(fitted.warnings, [], JSON.stringify(params));
    assert.ok(fitted.coef.every(Number.isFinite));
    const hits = fitted.model.predict(problem.x).filter((code, i) => code === problem.y[i]).length;
    assert.ok(hits >= 33, `${hits} of 50 by ${JSON.stringify(params)}`);
  }
});

test('inputs are left alone, and bad ones are refused', () => {
  const problem = generated(20, 3, 2);
  const copy = { x: problem.x.data.slice(), y: problem.y.slice() };
  const { model } = fit(problem, { penalty: 'l1' });
  assert.equal(problem.x.data, copy.x);
  assert.equal(problem.y, copy.y);
  const code = (expected: string) => (error: unknown) =>
    error instanceof InputError && error.code === expected;
  for (const bad of [NaN, Infinity]) {
    const data = copy.x.slice();
    data[4] = bad;
    const x = { rows: 20, columns: 3, data };
    assert.throws(() => fit({ ...problem, x }, {}), code('not-finite'));
    assert.throws(() => model.predict(x), code('not-finite'));
  }
  assert.throws(() => fit({ ...problem, y: new Int32Array(20) }, {}), code('one-class'));
  assert.throws(() => model.predict(fromRows([[1, 2]])), code('feature-count'));
  const refused = [
    { penalty: 'l3' },
    { C: 0 },
    { penalty: 'elasticnet' },
    { l1_ratio: 2 },
    { max_iter: 0 },
    { c: 1 },
    { tol: 0 },
  ];
  for (const params of refused) assert.not.ok(logisticRegression.params.safeParse(params).success);
});

test.run();
