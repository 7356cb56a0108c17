/**
 * Weighted least squares with a free intercept, as least squares without weights and intercept. For the best b,
 *
 *   sum_i s_i |t_i - W' x_i - b|^2  =  |T - A W|^2,
 *
 * where the rows of A and T are those of x and t less their weighted means, times the roots of the weights. Features
 * that are far from 0, such as dates in seconds, then have the same optimum as the same features after a shift.
 * Extreme values are measured in another unit, so that their squares are finite.
 */
import type { Matrix } from '../../../base/dataset.js';
import { scope, unsetFloat64 } from '../../../kernels/memory.js';
import { dot } from '../../algebra/decomposition.js';
import { column } from '../../algebra/matrix.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';

/** What is fitted. */
export interface LeastSquares {
  /** n x p. */
  x: Matrix;
  /** n x k. */
  targets: Matrix;
  /** n weights; absent means 1 each. */
  weights?: Float64Array;
  fitIntercept: boolean;
}

/** The problem that is left. A and T live in the memory of the kernels, inside of the solver's scope. */
export interface Framed {
  a: Matrix;
  t: Matrix;
  /** The powers of two by which features and targets were multiplied. */
  unit: number;
  targetUnit: number;
  /** p weighted means of the features, in their unit; 0 without an intercept. */
  means: Float64Array;
  /** The sum of the weights. */
  total: number;
}

/** Coefficients, k x p, and k intercepts, for features and targets as they came. */
export interface LinearSolution {
  coef: Float64Array;
  intercept: Float64Array;
}

/** Solves a problem by a solver of what is left of it. The solver returns W, p x k, in new storage. */
export function solveFramed(problem: LeastSquares, solver: (framed: Framed) => Matrix): LinearSolution {
  const [unit, targetUnit] = [problem.x, problem.targets].map(({ data }) => unitFor(largestSize(data)));
  const [x, targets] = [inUnit(problem.x, unit), inUnit(problem.targets, targetUnit)];
  const weights = problem.weights ?? new Float64Array(x.rows).fill(1);
  const [means, heights] = [x, targets].map(matrix =>
    problem.fitIntercept ? weightedMeans(matrix, weights) : new Float64Array(matrix.columns),
  );
  const roots = weights.map(Math.sqrt);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const solution = scope(() => {
    const [a, t] = [centered(x, means, roots), centered(targets, heights, roots)];
    return solver({ a, t, unit, targetUnit, means, total });
  });
  const intercept = heights.map((height, k) => (height - dot(means, column(solution, k))) / targetUnit);
  return { coef: solution.data.map(value => (value * unit) / targetUnit), intercept };
}

/**
 * The mean of each column by n weights. The mean of values far from 0 is rounded, so the mean of what is left of them
 * is added. Without any weight, the means are 0.
 */
function weightedMeans(x: Matrix, weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return Float64Array.from({ length: x.columns }, (_, j) => {
    const values = column(x, j);
    const mean = dot(values, weights) / total;
    let rest = 0;
    for (let i = 0; i < values.length; i++) rest += (values[i] - mean) * weights[i];
    return mean + rest / total;
  });
}

/** The columns less their means, each row times its root, in the memory of the kernels. */
function centered({ rows, columns, data }: Matrix, means: Float64Array, roots: Float64Array): Matrix {
  const moved = unsetFloat64(rows * columns);
  for (let j = 0, at = 0; j < columns; j++) {
    const mean = means[j];
    for (let i = 0; i < rows; i++, at++) moved[at] = (data[at] - mean) * roots[i];
  }
  return { rows, columns, data: moved };
}
