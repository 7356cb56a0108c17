/** Fits of LogisticRegression, and problems for them. */
import * as assert from 'uvu/assert';
import type { FitWarning } from '../src/base/config.js';
import { Rng } from '../src/base/rng.js';
import { mark } from '../src/kernels/memory.js';
import { logisticRegression } from '../src/ml/families/linear/logistic-regression.js';
import type { Classifier, ClassProblem } from '../src/ml/types.js';

export interface Fitted {
  model: Classifier;
  coef: Float64Array;
  intercept: Float64Array;
  warnings: FitWarning[];
}

export function fit(problem: ClassProblem, params: { [name: string]: unknown }): Fitted {
  const warnings: FitWarning[] = [];
  const context = { rng: Rng.from('test'), warn: (warning: FitWarning) => void warnings.push(warning) };
  const before = mark();
  const model = logisticRegression.fit(problem, logisticRegression.params.parse(params), context);
  assert.is(mark(), before, 'kernel memory is given back');
  const { coef, intercept } = model.serialize() as { coef: Float64Array; intercept: Float64Array };
  return { model, coef, intercept, warnings };
}

/** Random samples of a linear rule with noise; p features of which some matter. */
export function generated(rows: number, columns: number, classes: number, noise = 2): ClassProblem {
  const rng = Rng.from('generated', rows, columns, classes);
  const normal = (): number => rng.float() + rng.float() + rng.float() + rng.float() - 2;
  const data = new Float64Array(rows * columns).map(normal);
  const rule = new Float64Array(classes * 5).map(normal);
  const y = Int32Array.from({ length: rows }, (_, i) => {
    const scores = Array.from({ length: classes }, (_, k) => {
      let score = noise * normal();
      for (let j = 0; j < Math.min(5, columns); j++) score += 2 * rule[k * 5 + j] * data[j * rows + i];
      return score;
    });
    return scores.indexOf(Math.max(...scores));
  });
  return { x: { rows, columns, data }, y, classes };
}

/** Throws unless all values are near those expected. */
export const close = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  limit: number,
  what: string,
): void => {
  assert.is(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs(actual[i] - expected[i]);
    assert.ok(
      apart <= limit * Math.max(1, Math.abs(expected[i])),
      `${what} ${i}: ${actual[i]} for ${expected[i]}`,
    );
  }
};
