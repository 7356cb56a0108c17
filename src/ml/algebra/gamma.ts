import type { Matrix } from '../../base/dataset.js';

/** The width of a kernel: a number, or a word for a number that depends on the samples. */
export type Gamma = 'scale' | 'auto' | number;

/**
 * gamma as a number (sklearn/svm/_base.py). `scale` is 1 / (p * variance of all values), or 1 where this variance is
 * zero. `auto` is 1 / p.
 */
export function resolveGamma(gamma: Gamma, { data, columns }: Matrix): number {
  if (typeof gamma === 'number') return gamma;
  if (gamma === 'auto') return 1 / columns;
  const mean = sumOfAll(data) / data.length;
  const variance = squaresAround(data, mean) / data.length;
  return variance === 0 ? 1 : 1 / (columns * variance);
}

/** The sum of the values, in four partial sums that take turns. */
function sumOfAll(values: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 4 <= values.length; i += 4) {
    a += values[i];
    b += values[i + 1];
    c += values[i + 2];
    d += values[i + 3];
  }
  for (; i < values.length; i++) a += values[i];
  return a + b + (c + d);
}

/** The sum of the squared distances from `mean`, in the same order. */
function squaresAround(values: Float64Array, mean: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 4 <= values.length; i += 4) {
    a += (values[i] - mean) * (values[i] - mean);
    b += (values[i + 1] - mean) * (values[i + 1] - mean);
    c += (values[i + 2] - mean) * (values[i + 2] - mean);
    d += (values[i + 3] - mean) * (values[i + 3] - mean);
  }
  for (; i < values.length; i++) a += (values[i] - mean) * (values[i] - mean);
  return a + b + (c + d);
}
