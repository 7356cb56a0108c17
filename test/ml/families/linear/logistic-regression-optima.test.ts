/** LogisticRegression beside scikit-learn's optima (fixtures/make_logistic.py), and the conditions of an optimum. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClassProblem } from '../../../../src/ml/types.js';
import { fixture } from '../../../../support/fixture.js';
import { fit, generated, close, type Fitted } from '../../../../support/logistic.js';

const test = suite('LogisticRegression: optima');

interface Case {
  problem: string;
  params: { [name: string]: unknown };
  weighted: boolean;
  coef: number[];
  intercept: number[];
  decision: number[];
  proba: number[];
}

interface Stored {
  x: number[];
  rows: number;
  columns: number;
  classes: number;
  y: number[];
  weights: number[];
}

const peer = fixture('logistic') as {
  problems: { [name: string]: Stored };
  cases: Case[];
};

function problemOf({ x, rows, columns, classes, y, weights }: Stored, weighted = false): ClassProblem {
  const problem: ClassProblem = {
    x: { rows, columns, data: Float64Array.from(x) },
    y: Int32Array.from(y),
    classes,
  };
  if (weighted) problem.weights = Float64Array.from(weights);
  return problem;
}
/** The objective of the outputs, written a second time and with Math: the tests' own. */
function objective(
  problem: ClassProblem,
  params: { [name: string]: any },
  coef: Float64Array,
  intercept: Float64Array,
) {
  const { penalty = 'l2', C = 1, l1_ratio } = params;
  const l1 = penalty === 'l1' ? 1 : penalty === 'elasticnet' ? l1_ratio : 0;
  const l2 = penalty === 'l2' ? 1 : penalty === 'elasticnet' ? 1 - l1_ratio : 0;
  const { x, y, classes } = problem;
  const outputs = intercept.length;
  const isLiblinear = params.solver === 'liblinear';
  const multinomial = outputs > 1 && params.multi_class !== 'ovr' && !isLiblinear;
  const weighOf = (label: number, k: number): number => {
    if (params.class_weight == null) return 1;
    if (isLiblinear && label !== k) return 1;
    if (isLiblinear && params.class_weight === 'balanced')
      return y.length / (classes * y.filter(other => other === label).length);
    if (params.class_weight !== 'balanced') return params.class_weight[label] ?? 1;
    const alike =
      multinomial || outputs === 1
        ? (other: number) => other === label
        : (other: number) => (other === k) === (label === k);
    return y.length / ((multinomial ? classes : 2) * y.filter(alike).length);
  };
  let total = 0;
  for (let i = 0; i < x.rows; i++) {
    const scores = Array.from(intercept, (b, k) => {
      let score = b;
      for (let j = 0; j < x.columns; j++) score += coef[k * x.columns + j] * x.data[j * x.rows + i];
      return score;
    });
    const price = (k: number): number =>
      (penalty === 'none' ? 1 : C) * (problem.weights?.[i] ?? 1) * weighOf(y[i], k);
    if (multinomial) {
      const top = Math.max(...scores);
      total +=
        price(0) * (top + Math.log(scores.reduce((sum, s) => sum + Math.exp(s - top), 0)) - scores[y[i]]);
    } else {
      scores.forEach((score, k) => {
        const margin = (outputs === 1 ? y[i] === 1 : y[i] === k) ? score : -score;
        total += price(k) * (Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))));
      });
    }
  }
  return coef.reduce((sum, w) => sum + l1 * Math.abs(w) + 0.5 * l2 * w * w, total);
}

for (const { problem: name, params, weighted, coef, intercept, decision, proba } of peer.cases) {
  test(`meets scikit-learn's optimum: ${name} ${JSON.stringify(params)}${weighted ? ' weighted' : ''}`, () => {
    const problem = problemOf(peer.problems[name], weighted);
    const fitted = fit(problem, params);
    assert.equal(fitted.warnings, []);
    // A softmax of two classes is scored by the half of its margin, so its objective is not the one written here.
    if (!(problem.classes === 2 && params.multi_class === 'multinomial')) {
      const ours = objective(problem, params, fitted.coef, fitted.intercept);
      const theirs = objective(problem, params, Float64Array.from(coef), Float64Array.from(intercept));
      assert.ok(Math.abs(ours - theirs) <= 1e-6 * theirs, `objective ${ours} for ${theirs}`);
      assert.ok(ours <= theirs * (1 + 1e-8), `not above theirs: ${ours} for ${theirs}`);
    }
    close(fitted.coef, coef, 1e-4, 'coefficient');
    close(fitted.intercept, intercept, 1e-4, 'intercept');
    const few = problem.x.rows;
    const first = {
      rows: 8,
      columns: problem.x.columns,
      data: problem.x.data.filter((_, at) => at % few < 8),
    };
    close(fitted.model.decision!(first), decision, 1e-3, 'decision');
    close(fitted.model.proba!(first), proba, 1e-4, 'probability');
  });
}

/** How far the optimality conditions are violated, over the price of a sample. */
function violation(
  problem: ClassProblem,
  { coef, intercept, model }: Fitted,
  C: number,
  l1: number,
  l2: number,
): number {
  const { x, y, classes } = problem;
  const outputs = intercept.length;
  const proba = model.proba!(x);
  let worst = 0;
  for (let k = 0; k < outputs; k++) {
    const code = outputs === 1 ? 1 : k;
    const residual = Float64Array.from(
      y,
      (label, i) => C * ((label === code ? 1 : 0) - proba[i * classes + code]),
    );
    worst = Math.max(worst, Math.abs(residual.reduce((sum, r) => sum + r, 0)));
    for (let j = 0; j < x.columns; j++) {
      let slope = -l2 * coef[k * x.columns + j];
      for (let i = 0; i < x.rows; i++) slope += x.data[j * x.rows + i] * residual[i];
      const w = coef[k * x.columns + j];
      worst = Math.max(worst, w === 0 ? Math.abs(slope) - l1 : Math.abs(slope - l1 * Math.sign(w)));
    }
  }
  return worst / C;
}

const SHAPES: [string, number, number, number, { [name: string]: unknown }, number, number][] = [
  ['working sets', 60, 500, 2, { penalty: 'l1', C: 2 }, 1, 0],
  ['working sets of three classes', 60, 300, 3, { penalty: 'l1', C: 1 }, 1, 0],
  ['columns instead of a Hessian', 40, 600, 2, { penalty: 'elasticnet', l1_ratio: 0.02, C: 20 }, 0.02, 0.98],
  ['columns, three classes', 40, 400, 3, { penalty: 'elasticnet', l1_ratio: 0.02, C: 5 }, 0.02, 0.98],
  ['samples instead of features', 50, 700, 2, { penalty: 'l2', C: 5 }, 0, 1],
  ['samples, three classes', 50, 700, 3, { penalty: 'l2', C: 0.5 }, 0, 1],
  ['conjugate gradients among samples', 180, 400, 3, { penalty: 'l2', C: 0.1 }, 0, 1],
  ['conjugate gradients', 700, 510, 2, { penalty: 'l2', C: 1 }, 0, 1],
  ['conjugate gradients, three classes', 300, 200, 3, { penalty: 'l2', C: 1 }, 0, 1],
];

for (const [what, rows, columns, classes, params, l1, l2] of SHAPES) {
  test(`optimality conditions hold on the way of ${what}`, () => {
    const problem = generated(rows, columns, classes);
    const fitted = fit(problem, { ...params, tol: 1e-7, max_iter: 1000 });
    assert.equal(fitted.warnings, []);
    const worst = violation(problem, fitted, params.C as number, l1, l2);
    assert.ok(worst < 1e-4, `violated by ${worst}`);
  });
}

test.run();
