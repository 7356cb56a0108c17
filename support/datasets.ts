import { Rng } from '../src/base/rng.js';
import { emptyMatrix } from '../src/ml/algebra/matrix.js';
import type { Problem, SplitData } from '../src/ml/types.js';

/** Small made-up problems, the same at every run. */

/**
 * n samples of `classes` classes in turn, p features. Class c has its mean at `apart` in the features j with j % classes
 * = c, 0 elsewhere; noise is the sum of three uniform numbers in (-1, 1).
 */
export function blobs(n: number, p: number, classes = 2, apart = 1.5, seed = 1): Problem {
  const rng = Rng.from('blobs', n, p, classes, seed);
  const x = emptyMatrix(n, p);
  const y = Int32Array.from({ length: n }, (_, i) => i % classes);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i < n; i++) {
      const noise = rng.float() + rng.float() + rng.float();
      x.data[j * n + i] = 2 * noise - 3 + (j % classes === y[i] ? apart : 0);
    }
  }
  return { x, y, classes };
}

/** The problem with all its columns so many times over. */
export function widened(problem: Problem, times: number): Problem {
  const { rows, columns, data } = problem.x;
  const wide = emptyMatrix(rows, times * columns);
  for (let at = 0; at < wide.data.length; at += data.length) wide.data.set(data, at);
  return { ...problem, x: wide };
}

/** Split data of two problems of the same shape: one to train on, one to validate on. */
export function splitOf(train: Problem, validate?: Problem): SplitData {
  const samples = ({ x, y }: Problem) => ({ index: Array.from(y, (_, i) => `s${i}`), x, y });
  return {
    features: Array.from({ length: train.x.columns }, (_, j) => `f${j}`),
    classes: Array.from({ length: train.classes }, (_, c) => `class ${c}`),
    train: samples(train),
    validate: validate && samples(validate),
  };
}
