import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../../../src/base/config.js';
import { Rng } from '../../../../src/base/rng.js';
import { mark } from '../../../../src/kernels/memory.js';
import { column, fromRows, mapColumns } from '../../../../src/ml/algebra/matrix.js';
import { elasticNet, lasso } from '../../../../src/ml/families/linear/elastic-net.js';
import { linearRegression } from '../../../../src/ml/families/linear/linear-regression.js';
import { ridge } from '../../../../src/ml/families/linear/ridge-regressor.js';
import type { Regressor, RegressorKind, ValueProblem } from '../../../../src/ml/types.js';
import { slopes } from '../../../../support/datasets.js';
import { fixture } from '../../../../support/fixture.js';

/** Linear regressors beside scikit-learn's at their optimum (fixtures/make_linear_regressors.py), and at edges. */

interface Table {
  x: number[][];
  y: number[];
  fresh: number[][];
  weights: number[];
}
interface Case {
  table: string;
  kind: string;
  params: object;
  weighted: boolean;
  coef: number[];
  intercept: number;
  predictions: number[];
  unique: boolean;
  /** How far the peer's predictions and coefficients move when the table moves by one part in 1e15. */
  sensitivity: [predictions: number, coefficients: number];
}
const { tables, cases }: { tables: { [name: string]: Table }; cases: Case[] } = fixture('linear-regressors');
const KINDS: { [name: string]: RegressorKind } = Object.fromEntries(
  [linearRegression, ridge, lasso, elasticNet].map(kind => [kind.name, kind]),
);
const test = suite('linear regressors');

interface Fitted {
  model: Regressor;
  coef: Float64Array;
  intercept: number;
  warnings: FitWarning[];
}

function fit(kind: RegressorKind, problem: ValueProblem, params: object = {}): Fitted {
  const before = mark();
  const warnings: FitWarning[] = [];
  const context = { rng: Rng.from('test'), warn: (warning: FitWarning) => void warnings.push(warning) };
  const model = kind.fit(problem, kind.params.parse(params), context);
  assert.is(mark(), before, 'kernel memory is given back');
  return { model, ...(model.serialize() as { coef: Float64Array; intercept: number }), warnings };
}

function problemOf(name: string, weighted = false): ValueProblem {
  const { x, y, weights } = tables[name];
  const problem = { x: fromRows(x), y: Float64Array.from(y) };
  return weighted ? { ...problem, weights: Float64Array.from(weights) } : problem;
}

/** The largest distance, over the largest size of the expected values. */
function distance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(found.length, expected.length);
  const size = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const far = Array.from(found).reduce(
    (most, value, at) => Math.max(most, Math.abs(value - expected[at])),
    0,
  );
  return far / (size || 1);
}

for (const { table, kind, params, weighted, coef, predictions, unique, sensitivity } of cases) {
  const how = weighted ? ', weighted,' : '';
  test(`${kind} ${JSON.stringify(params)} on ${table}${how} is scikit-learn's`, () => {
    const { model, coef: own, warnings } = fit(KINDS[kind], problemOf(table, weighted), params);
    assert.equal(warnings, []);
    const fresh = fromRows(tables[table].fresh);
    const far = distance(model.predict(fresh), predictions);
    assert.ok(far <= Math.max(1e-7, 20 * sensitivity[0]), `predictions: ${far}`);
    if (!unique) return;
    const apart = distance(own, coef);
    assert.ok(apart <= Math.max(1e-6, 20 * sensitivity[1]), `coefficients: ${apart}`);
    if (kind === 'LinearRegression' || kind === 'Ridge') return;
    assert.equal(
      Array.from(own, value => value === 0),
      coef.map(value => Math.abs(value) < 1e-9),
    );
  });
}

/** Half the mean square of the residuals plus the penalty of the lasso. */
function objectiveOf({ x, y }: ValueProblem, { model, coef }: Fitted, alpha: number): number {
  const told = model.predict(x);
  const squares = y.reduce((sum, value, i) => sum + (value - told[i]) ** 2, 0);
  return squares / (2 * y.length) + alpha * coef.reduce((sum, value) => sum + Math.abs(value), 0);
}

test('features with a coefficient correlate by alpha with the residuals, and the others by alpha at most', () => {
  for (const name of ['tall', 'wide', 'very wide', 'far']) {
    const [problem, alpha] = [problemOf(name), 0.02];
    const { model, coef } = fit(lasso, problem, { alpha });
    const told = model.predict(problem.x);
    coef.forEach((value, j) => {
      const x = column(problem.x, j);
      const mean = x.reduce((sum, one) => sum + one, 0) / x.length;
      const pull = x.reduce((sum, one, i) => sum + (one - mean) * (problem.y[i] - told[i]), 0) / x.length;
      const slack = value === 0 ? Math.max(0, Math.abs(pull) - alpha) : pull - Math.sign(value) * alpha;
      assert.ok(Math.abs(slack) < 1e-7, `${name}, feature ${j}: ${slack}`);
    });
  }
});

test('a search that max_iter ends is told, does not rank, and is not the optimum', () => {
  const problem = slopes(60, 600);
  const [cut, whole] = [{ max_iter: 1 }, {}].map(more => fit(lasso, problem, { alpha: 1e-3, ...more }));
  assert.equal(whole.warnings, []);
  assert.is(cut.warnings.length, 1);
  assert.is(cut.warnings[0].code, 'not-converged');
  assert.is(cut.warnings[0].unranked, true);
  assert.ok(objectiveOf(problem, cut, 1e-3) > objectiveOf(problem, whole, 1e-3));
});

test('weights count as repetitions, and a scale of all of them changes nothing', () => {
  const { x, y } = problemOf('tall');
  const weights = y.map((_, i) => i % 3);
  const rows = Array.from(y.keys()).flatMap(i => Array<number>(i % 3).fill(i));
  const repeated = {
    x: fromRows(rows.map(i => tables.tall.x[i])),
    y: Float64Array.from(rows, i => y[i]),
  };
  for (const [kind, params] of [
    [lasso, { alpha: 0.1 }],
    [elasticNet, { alpha: 0.1 }],
    [ridge, {}],
    [linearRegression, {}],
  ] as [RegressorKind, object][]) {
    const expected = fit(kind, repeated, params).coef;
    assert.ok(distance(fit(kind, { x, y, weights }, params).coef, expected) < 1e-10, kind.name);
    if (kind === ridge) continue;
    const scaled = { x, y, weights: weights.map(weight => 1e-3 * weight) };
    assert.ok(distance(fit(kind, scaled, params).coef, expected) < 1e-10, kind.name);
  }
});

test('extreme units of features and targets change only the units of the coefficients', () => {
  const { x, y } = problemOf('tall');
  const alpha = 0.05;
  const expected = fit(lasso, { x, y }, { alpha }).coef;
  for (const power of [-500, -100, 100, 400]) {
    const factor = 2 ** power;
    const targets = y.map(value => value * factor);
    const { coef } = fit(lasso, { x, y: targets }, { alpha: alpha * factor });
    assert.ok(
      distance(
        coef,
        expected.map(value => value * factor),
      ) < 1e-12,
      `targets x 2^${power}`,
    );
    const features = mapColumns(x, value => value * factor);
    const own = fit(lasso, { x: features, y }, { alpha: alpha * factor }).coef;
    assert.ok(
      distance(
        own,
        expected.map(value => value / factor),
      ) < 1e-12,
      `features x 2^${power}`,
    );
  }
});

test('without any weight, and with constant targets, the coefficients are 0', () => {
  const { x, y } = problemOf('tall');
  for (const kind of Object.values(KINDS)) {
    const none = fit(kind, { x, y, weights: new Float64Array(y.length) });
    assert.ok(
      none.coef.every(value => value === 0),
      kind.name,
    );
    const flat = fit(kind, { x, y: y.map(() => 4.25) });
    assert.ok(
      flat.coef.every(value => value === 0),
      kind.name,
    );
    assert.is(flat.intercept, 4.25);
    assert.equal([...none.warnings, ...flat.warnings], []);
  }
});

test('features that depend on each other nearly to the last digit are solved by singular values', () => {
  const { x, y } = problemOf('powers');
  const told = fit(linearRegression, { x, y }).model.predict(x);
  const residuals = y.map((value, i) => value - told[i]);
  for (let j = 0; j < x.columns; j++) {
    const product = column(x, j).reduce((sum, value, i) => sum + value * residuals[i], 0);
    assert.ok(Math.abs(product) < 1e-9, `feature ${j}: ${product}`);
  }
});

test('positive: true without a penalty is refused', () => {
  const { error } = lasso.params.safeParse({ alpha: 0, positive: true });
  assert.match(error!.message, /alpha above 0/);
});

test.run();
