import { exp, sigmoid } from '../../kernels/math.js';

/** Probabilities from scores. m samples, k classes; rows add up to 1. */

/** m x k row-major: exp of each row's values, made to add up to 1. A value of -Infinity has probability 0. */
export function softmaxRows(values: Float64Array, classes: number): Float64Array {
  const proba = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += classes) {
    let [largest, total] = [-Infinity, 0];
    for (let c = 0; c < classes; c++) largest = Math.max(largest, values[start + c]);
    for (let c = 0; c < classes; c++) total += proba[start + c] = exp(values[start + c] - largest);
    for (let c = 0; c < classes; c++) proba[start + c] /= total;
  }
  return proba;
}

/**
 * m x 2 row-major, from the m logarithms of the odds of class 1. Each side is computed by itself, so that tiny
 * probabilities keep their digits.
 */
export function sigmoidRows(odds: Float64Array): Float64Array {
  const proba = new Float64Array(2 * odds.length);
  for (let i = 0; i < odds.length; i++) {
    proba[2 * i] = sigmoid(-odds[i]);
    proba[2 * i + 1] = sigmoid(odds[i]);
  }
  return proba;
}

/**
 * Like sigmoidRows, but the probability of class 0 is 1 - the probability of class 1
 * (sklearn/discriminant_analysis.py).
 */
export function complementedRows(odds: Float64Array): Float64Array {
  const proba = new Float64Array(2 * odds.length);
  for (let i = 0; i < odds.length; i++) {
    proba[2 * i + 1] = sigmoid(odds[i]);
    proba[2 * i] = 1 - proba[2 * i + 1];
  }
  return proba;
}

/**
 * m x k row-major, from the m x k logarithms of the odds of each class against the rest: the sigmoids over their sum.
 * Far from every class all sigmoids can underflow. Then no class is likelier than another.
 */
export function sharedSigmoidRows(odds: Float64Array, classes: number): Float64Array {
  const proba = odds.map(sigmoid);
  for (let start = 0; start < odds.length; start += classes) {
    let total = 0;
    for (let c = 0; c < classes; c++) total += proba[start + c];
    for (let c = 0; c < classes; c++) proba[start + c] = total > 0 ? proba[start + c] / total : 1 / classes;
  }
  return proba;
}

const single = Math.fround;

/** e^x of an f32 as an f32. */
function expSingle(x: number): number {
  return single(exp(x));
}

/** As softmaxRows in f32, each step rounded as XGBoost rounds it (Softmax in src/common/math.h). */
export function softmaxSingles(margins: Float32Array, classes: number): Float64Array {
  const proba = new Float64Array(margins.length);
  for (let start = 0; start < margins.length; start += classes) {
    let [largest, total] = [-Infinity, 0];
    for (let c = 0; c < classes; c++) largest = Math.max(largest, margins[start + c]);
    for (let c = 0; c < classes; c++) {
      total += proba[start + c] = expSingle(single(margins[start + c] - largest));
    }
    for (let c = 0; c < classes; c++) proba[start + c] = single(proba[start + c] / single(total));
  }
  return proba;
}

/** XGBoost replaces larger exponents by this one, because their exponentials exceed f32. */
const LARGEST_EXPONENT = single(88.7);

/** As sigmoidRows in f32, each step rounded as XGBoost rounds it (Sigmoid in src/common/math.h). */
export function sigmoidSingles(margins: Float32Array): Float64Array {
  const proba = new Float64Array(2 * margins.length);
  for (let i = 0; i < margins.length; i++) {
    const p = single(1 / single(expSingle(Math.min(-margins[i], LARGEST_EXPONENT)) + 1));
    proba[2 * i] = single(1 - p);
    proba[2 * i + 1] = p;
  }
  return proba;
}
