import { exp, sigmoid } from '../../kernels/math.js';

/** Probabilities from values that are, up to a constant, their logarithms. */

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

/** m x 2 row-major, from the m logarithms of the odds of class 1. */
export function sigmoidRows(odds: Float64Array): Float64Array {
  const proba = new Float64Array(2 * odds.length);
  for (let i = 0; i < odds.length; i++) {
    proba[2 * i + 1] = sigmoid(odds[i]);
    proba[2 * i] = 1 - proba[2 * i + 1];
  }
  return proba;
}
