import {
  numberColumns,
  type ClassTarget,
  type DataColumn,
  type Matrix,
  type Samples,
  type SplitData,
  type Target,
} from '../src/base/dataset.js';
import { Rng } from '../src/base/rng.js';
import { emptyMatrix, takeCodes, takeRows, takeValues } from '../src/ml/algebra/matrix.js';
import type { ClassProblem, Problem, ValueProblem } from '../src/ml/types.js';

/** Small made-up problems, the same at every run. */

/**
 * n samples of `classes` classes in turn, p features. Class c has its mean at `apart` in the features j with j %
 * classes = c, and at 0 in the others. The noise is the sum of three uniform numbers in (-1, 1).
 */
export function blobs(n: number, p: number, classes = 2, apart = 1.5, seed = 1): ClassProblem {
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

/**
 * n samples of p features, as `blobs` has them, and values above 0: 5 plus a half of the first feature, less a third of
 * the second one, plus a half of the third one, and so on, up to the third; and noise of a tenth.
 */
export function slopes(n: number, p: number, seed = 1): ValueProblem {
  const { x } = blobs(n, p, 2, 0, seed);
  const rng = Rng.from('slopes', n, p, seed);
  const y = Float64Array.from({ length: n }, () => 5 + (rng.float() - 0.5) / 5);
  for (let j = 0; j < Math.min(p, 3); j++)
    for (let i = 0; i < n; i++) y[i] += x.data[j * n + i] * (j % 2 === 0 ? 0.5 : -0.35);
  return { x, y };
}

/** The problem with all its columns repeated this number of times. */
export function widened(problem: ClassProblem, times: number): ClassProblem {
  const { rows, columns, data } = problem.x;
  const wide = emptyMatrix(rows, times * columns);
  for (let at = 0; at < wide.data.length; at += data.length) wide.data.set(data, at);
  return { ...problem, x: wide };
}

/** The problem as transforms and pipelines take it. */
export function problemOf({ x, y, classes, weights }: ClassProblem): Problem {
  return { x, target: targetOf(y, classes), ...(weights && { weights }) };
}

/** A target of k classes. */
export function targetOf(codes: Int32Array, k: number): ClassTarget {
  return { kind: 'classes', codes, k };
}

/** The part of a problem that the given rows hold, in the given order. */
export function takeProblem(problem: ClassProblem, rows: Int32Array): ClassProblem {
  const { x, y, classes, weights } = problem;
  const part = { x: takeRows(x, rows), y: takeCodes(y, rows), classes };
  return weights ? { ...part, weights: Float64Array.from(rows, row => weights[row]) } : part;
}

/** The part of a problem of values that the given rows hold, in the given order. */
export function takeValueProblem(problem: ValueProblem, rows: Int32Array): ValueProblem {
  const { x, y, weights } = problem;
  const part = { x: takeRows(x, rows), y: takeValues(y, rows) };
  return weights ? { ...part, weights: takeValues(weights, rows) } : part;
}

/** Split data of two problems of the same shape: one to train on, one to validate on. */
export function splitOf(train: ClassProblem, validate?: ClassProblem): SplitData {
  const samples = ({ x, y, classes }: ClassProblem): Samples => samplesOf(x, targetOf(y, classes));
  return {
    columns: columnsOf(train.x),
    target: { kind: 'classes', names: Array.from({ length: train.classes }, (_, c) => `class ${c}`) },
    train: samples(train),
    validate: validate && samples(validate),
  };
}

/** As `splitOf`, of problems of values. */
export function splitOfValues(train: ValueProblem, validate?: ValueProblem): SplitData {
  const samples = ({ x, y, weights }: ValueProblem): Samples => ({
    ...samplesOf(x, { kind: 'values', values: y }),
    ...(weights && { weights }),
  });
  return {
    columns: columnsOf(train.x),
    target: { kind: 'values' },
    train: samples(train),
    validate: validate && samples(validate),
  };
}

const columnsOf = (x: Matrix): DataColumn[] =>
  numberColumns(Array.from({ length: x.columns }, (_, j) => `f${j}`));

const samplesOf = (x: Matrix, target: Target): Samples => ({
  index: Array.from({ length: x.rows }, (_, i) => `s${i}`),
  x,
  target,
});
