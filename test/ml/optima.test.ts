/**
 * Every estimator that minimizes a convex function ends at the optimum, for every price from 1e-6 to 1e6, or says
 * that it did not and is not ranked. How near it came is computed here, by other means (support/optimality.ts).
 * OPTIMA=all tries more prices and tolerances.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../src/base/config.js';
import { Rng } from '../../src/base/rng.js';
import { linearSvc } from '../../src/ml/families/linear/linear-svc.js';
import { logisticRegression } from '../../src/ml/families/linear/logistic-regression.js';

import { svc } from '../../src/ml/families/svm/svc.js';
import type { ClassifierKind, ClassProblem } from '../../src/ml/types.js';
import { relativeGap, rowsOf, type LossName } from '../../support/optimality.js';

const test = suite('optima');

type Parameters = { [name: string]: any };

const isLong = process.env.OPTIMA === 'all';
const EXPONENTS = isLong ? [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6] : [-6, -1, 2, 4, 6];
const TOLERANCES = isLong ? [1e-6, 1e-4, 1e-2, 1] : [1e-4];

/** A table by its shape, values and labels. */
function made(
  name: string,
  [rows, columns]: [number, number],
  value: (normal: () => number, j: number, float: () => number) => number,
  label: (row: number[], normal: () => number, i: number) => number,
  classes = 2,
): ClassProblem {
  const rng = Rng.from('optima', name);
  const float = (): number => rng.float();
  const normal = (): number => Math.sqrt(3) * (float() + float() + float() + float() - 2);
  const data = new Float64Array(rows * columns);
  const y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = Array.from({ length: columns }, (_, j) => value(normal, j, float));
    row.forEach((one, j) => (data[j * rows + i] = one));
    y[i] = label(row, normal, i);
  }
  return { x: { rows, columns, data }, y, classes };
}

const normal = (draw: () => number): number => draw();
const noisy = ([a, b]: number[], draw: () => number): number => (a - b + 1.5 * draw() > 0 ? 1 : 0);
const largest = (row: number[], draw: () => number): number => {
  const scores = row.slice(0, 3).map(one => one + draw());
  return scores.indexOf(Math.max(...scores));
};

const TABLES: { [name: string]: ClassProblem } = {
  scaled: made('scaled', [60, 6], normal, noisy),
  wide: made('wide', [20, 60], normal, (_, __, i) => i % 2),
  broad: made('broad', [30, 200], normal, (_, __, i) => i % 2),
  separable: made('separable', [40, 5], normal, ([a, b, c]) => (a - b + c > 0 ? 1 : 0)),
  // Few values, so that many samples are the same, and a constant.
  tied: made('tied', [60, 5], (_, j, float) => (j === 4 ? 3 : Math.floor(3 * float())), noisy),
  halves: made('half', [90, 8], (_, __, float) => Math.floor(9 * float()) / 2, noisy),
  imbalanced: made('imbalanced', [80, 5], normal, ([a], _, i) => (i < 4 || a > 3.5 ? 1 : 0)),
  three: made('three', [60, 6], normal, largest, 3),
};

interface Fitted {
  coef: Float64Array;
  intercept: Float64Array;
  warnings: FitWarning[];
}

function fit(estimator: ClassifierKind, problem: ClassProblem, params: Parameters): Fitted {
  const warnings: FitWarning[] = [];
  const context = { rng: Rng.from('optima'), warn: (warning: FitWarning) => void warnings.push(warning) };
  const model = estimator.fit(problem, estimator.params.parse(params), context);
  return { ...(model.serialize() as { coef: Float64Array; intercept: Float64Array }), warnings };
}

/** How far the worst output of a linear model is from its optimum, over its objective. */
function gapOf(estimator: ClassifierKind, problem: ClassProblem, params: Parameters, fitted: Fitted): number {
  const isSvc = estimator === linearSvc;
  const { penalty = 'l2', loss = 'squared_hinge', l1_ratio, C } = params;
  const l1 = penalty === 'l1' ? 1 : (l1_ratio ?? 0);
  const l2 = penalty === 'l2' ? 1 : penalty === 'l1' ? 0 : 1 - l1;
  const { rows, means } = rowsOf(problem, !isSvc);
  const full = isSvc ? rows.map(row => [...row, 1]) : rows;
  const costs = rows.map(() => C);
  const { columns } = problem.x;
  // LinearSVC's intercept is the coefficient of the ones; LogisticRegression's goes with features that are centered.
  const all = Array.from(fitted.intercept, (constant, k) => {
    const own = [...fitted.coef.subarray(k * columns, (k + 1) * columns)];
    const shift = means.reduce((sum, mean, j) => sum + mean * own[j], 0);
    return isSvc ? { w: [...own, constant], b: 0 } : { w: own, b: constant + shift };
  });
  const objective = { l1, l2, free: !isSvc };
  const codes = [...problem.y];
  if (!isSvc && all.length > 1) {
    const [coef, intercept] = [all.map(({ w }) => w), all.map(({ b }) => b)];
    return relativeGap(
      { ...objective, loss: 'softmax' },
      { rows: full, labels: codes, costs, coef, intercept },
    );
  }
  const name: LossName = isSvc ? loss : 'logistic';
  const gaps = all.map(({ w, b }, k) => {
    const labels = codes.map(code => (code === (all.length === 1 ? 1 : k) ? 1 : -1));
    return relativeGap(
      { ...objective, loss: name },
      { rows: full, labels, costs, coef: [w], intercept: [b] },
    );
  });
  return Math.max(...gaps);
}

/** Each with the prices from which on it may end short of its optimum, if it says so. */
const KINDS: [ClassifierKind, Parameters, mayMiss: number][] = [
  [linearSvc, {}, Infinity],
  [linearSvc, { loss: 'hinge' }, Infinity],
  [linearSvc, { penalty: 'l1' }, 1e3],
  [logisticRegression, {}, Infinity],
  [logisticRegression, { penalty: 'l1' }, Infinity],
  [logisticRegression, { penalty: 'elasticnet', l1_ratio: 0.4 }, Infinity],
];

for (const [table, problem] of Object.entries(TABLES)) {
  for (const [estimator, params, mayMiss] of KINDS) {
    // So wide a table has no room for sparse models in the time of a suite.
    if (table === 'broad' && params.penalty !== undefined) continue;
    test(`${estimator.name} ${JSON.stringify(params)} on the ${table} table`, () => {
      for (const exponent of EXPONENTS) {
        for (const tol of TOLERANCES) {
          const own = { ...params, C: 10 ** exponent, tol };
          const fitted = fit(estimator, problem, own);
          const what = `${JSON.stringify(own)}: ${JSON.stringify(fitted.warnings)}`;
          if (fitted.warnings.length > 0) {
            assert.ok(own.C >= mayMiss, what);
            assert.ok(
              fitted.warnings.every(({ code, unranked }) => code === 'not-converged' && unranked),
              what,
            );
            continue;
          }
          const gap = gapOf(estimator, problem, own, fitted);
          assert.ok(gap <= 3e-4 * tol + 1e-12, `gap ${gap} of ${what}`);
        }
      }
    });
  }
}

interface Machine {
  vectors: Float64Array;
  pairs: { support: Int32Array; coefficients: Float64Array; intercept: number }[];
}

/** The duality gap of SVC's only machine over n C, after its bounds and its sum were checked. */
function gapOfMachine(
  { x, y }: ClassProblem,
  kernel: (a: number[], b: number[]) => number,
  machine: Machine,
  C: number,
) {
  const { rows } = rowsOf({ x, y, classes: 2 }, false);
  const { support, coefficients, intercept } = machine.pairs[0];
  const count = machine.vectors.length / x.columns;
  const vectors = [...support].map(s => rows[0].map((_, j) => machine.vectors[j * count + s]));
  const weigh = (row: number[]): number =>
    vectors.reduce((sum, vector, s) => sum + coefficients[s] * kernel(vector, row), 0);
  const size = coefficients.reduce((sum, value) => sum + Math.abs(value), 0);
  assert.ok(coefficients.every(value => Math.abs(value) <= C * (1 + 1e-12)));
  assert.ok(Math.abs(coefficients.reduce((sum, value) => sum + value, 0)) <= 1e-9 * size);
  const norm = vectors.reduce((sum, vector, s) => sum + coefficients[s] * weigh(vector), 0);
  const lacks = rows.reduce((sum, row, i) => {
    const margin = (y[i] === 1 ? 1 : -1) * (weigh(row) + intercept);
    return sum + Math.max(0, 1 - margin);
  }, 0);
  return (norm + C * lacks - size) / (x.rows * C);
}

test('SVC ends within its tolerance of the optimum of its dual', () => {
  const product = (a: number[], b: number[]): number => a.reduce((sum, value, j) => sum + value * b[j], 0);
  const apart = (a: number[], b: number[]): number =>
    a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0);
  const kernels = { linear: product, rbf: (a: number[], b: number[]) => Math.exp(-0.2 * apart(a, b)) };
  for (const [table, problem] of Object.entries(TABLES)) {
    if (problem.classes > 2) continue;
    for (const [kernel, value] of Object.entries(kernels)) {
      for (const C of isLong ? [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4] : [1e-6, 1e-2, 1, 1e2]) {
        for (const tol of isLong ? [1e-3, 1e-6] : [1e-3]) {
          const params = svc.params.parse({ kernel, C, gamma: 0.2, tol });
          const warn = ({ message }: FitWarning): never => assert.unreachable(message) as never;
          const model = svc.fit(problem, params, { rng: Rng.from('optima'), warn });
          const { model: machine } = model.serialize() as unknown as { model: Machine };
          const gap = gapOfMachine(problem, value, machine, C);
          assert.ok(
            gap >= -1e-9 && gap <= 2 * tol + 1e-7 * C,
            `${table} ${kernel} C ${C} tol ${tol}: ${gap}`,
          );
        }
      }
    }
  }
});

test.run();
