/**
 * Least squares with an l2 penalty, in closed form (Hoerl and Kennard, "Ridge regression", 1970):
 *
 *   minimize over W (p x k):  |T - A W|^2 + alpha |W|^2,  A is n x p, T is n x k
 *
 * With p <= n, (A'A + alpha I) W = A'T is solved. With p > n, (AA' + alpha I) C = T is solved, and W = A'C. So the
 * matrix that is factored has min(n, p) rows.
 *
 * Cholesky's factor solves it. Where columns depend on each other and alpha is lost in rounding, the pseudo-inverse of
 * the Gram matrix gives the solution of least length: by a factor with pivots where the rank is certain, else by
 * eigenvectors.
 *
 * The Gram matrix has the squared condition of A. Therefore the solution is refined: what is left of the equations is
 * computed from A itself, and solved for again.
 */
import type { Matrix } from '../../../base/dataset.js';
import { kernels } from '../../../kernels/loader.js';
import { hold, scope } from '../../../kernels/memory.js';
import { combination, dot, gramOfColumns, symmetricEigen } from '../../algebra/decomposition.js';
import { leastNorm } from '../../algebra/least-norm.js';
import { column, emptyMatrix } from '../../algebra/matrix.js';
import { pseudoInverse } from '../../algebra/pivots.js';
import { gramOfRows, product, timesVector } from '../../algebra/products.js';
import type { Framed } from './frame.js';

/** How often the solution is refined. */
const REFINEMENTS = 2;

/** Solves for one column of min(n, p) values. */
type Solver = (values: Float64Array) => Float64Array;

/** W, p x k, in new storage. `alpha` is at least 0 and finite. Without a unique solution, W has the least length. */
export function ridgeSolution(x: Matrix, targets: Matrix, alpha: number): Matrix {
  return solveByGram(x, targets, alpha, (gram, size) => solverOf(gram, size, alpha))!;
}

/**
 * The least squares without a penalty: W, p x k, of the least length, in new storage. The Gram matrix serves where its
 * pivots are far from their rounding, so that its rank is certain. Otherwise the singular values of X serve.
 */
function leastSquares(x: Matrix, targets: Matrix): Matrix {
  return solveByGram(x, targets, 0, certainSolver) ?? leastNorm(x, targets);
}

/** As leastSquares, for a problem in its frame. Overwrites features that are constant up to rounding by 0. */
export function leastSquaresInFrame(framed: Framed): Matrix {
  silenceConstants(framed);
  return leastSquares(framed.a, framed.t);
}

/** A spread that is no more than the rounding of the mean would get a coefficient. */
function silenceConstants({ a, means, total }: Framed): void {
  for (let j = 0; j < a.columns; j++) {
    const values = column(a, j);
    const rounding = a.rows * Number.EPSILON * means[j];
    if (dot(values, values) <= rounding * rounding * total) values.fill(0);
  }
}

/** The refined solution by a solver for the smaller Gram matrix, if there is one. */
function solveByGram(
  x: Matrix,
  targets: Matrix,
  alpha: number,
  solverFor: (gram: Float64Array, size: number) => Solver | undefined,
): Matrix | undefined {
  return scope(() => {
    const a = { ...x, data: hold(x.data) };
    const isWide = x.columns > x.rows;
    const size = isWide ? x.rows : x.columns;
    const gram = isWide ? gramOfRows(a) : gramOfColumns(a);
    const solve = solverFor(gram, size);
    if (!solve) return undefined;
    const transposedTimes = (matrix: Matrix): Matrix => timesMatrix(a, matrix, true);
    const found = emptyMatrix(size, targets.columns);
    for (let pass = 0; pass <= REFINEMENTS; pass++) {
      const told = timesMatrix(a, isWide ? transposedTimes(found) : found);
      const residuals = { ...targets, data: targets.data.map((value, at) => value - told.data[at]) };
      const left = isWide ? residuals : transposedTimes(residuals);
      for (let at = 0; at < found.data.length; at++) left.data[at] -= alpha * found.data[at];
      for (let k = 0; k < targets.columns; k++) add(column(found, k), solve(column(left, k)));
    }
    return isWide ? transposedTimes(found) : found;
  });
}

/** W for a problem in its frame. `alpha` is the penalty of coefficients that are not measured in a unit. */
export function ridgeInFrame({ a, t, unit }: Framed, alpha: number): Matrix {
  return ridgeSolution(a, t, Math.min(alpha * unit * unit, Number.MAX_VALUE));
}

/** A product with a matrix of one column for two classes, which the kernel of vectors takes in one pass. */
function timesMatrix(a: Matrix, matrix: Matrix, transposed = false): Matrix {
  if (matrix.columns > 1) return product({ matrix: a, transposed }, { matrix });
  const rows = transposed ? a.columns : a.rows;
  return { rows, columns: 1, data: timesVector(a, matrix.data, transposed) };
}

function add(sum: Float64Array, values: Float64Array): void {
  for (let at = 0; at < sum.length; at++) sum[at] += values[at];
}

/** Solves (G + alpha I) v = values for a Gram matrix G of that many rows. It may be used inside of this scope only. */
function solverOf(gram: Float64Array, size: number, alpha: number): Solver {
  const rounding = size * Number.EPSILON;
  return (
    byCholesky(gram, size, alpha, rounding) ??
    pseudoInverse(gram, size, rounding) ??
    byEigenvectors(gram, size, alpha, rounding)
  );
}

/** A pivot that counts is at least this share of its diagonal element. Otherwise the rank is not certain. */
const LEAST_PIVOT = 1e-8;

/** As solverOf without alpha. It is undefined where the rank of G is not certain. */
function certainSolver(gram: Float64Array, size: number): Solver | undefined {
  return byCholesky(gram, size, 0, LEAST_PIVOT) ?? pseudoInverse(gram, size, size * Number.EPSILON);
}

/** By Cholesky's factor; undefined where a pivot is at most `least` times its diagonal element. */
function byCholesky(gram: Float64Array, size: number, alpha: number, least: number): Solver | undefined {
  const factor = hold(gram.slice());
  for (let j = 0; j < size; j++) factor[j * size + j] += alpha;
  if (kernels().choleskyFactor(size, factor.byteOffset, least) > 0) return undefined;
  return values =>
    scope(() => {
      const solution = hold(values.slice());
      kernels().choleskySolve(size, factor.byteOffset, solution.byteOffset);
      return solution.slice();
    });
}

/** As solverOf. Eigenvalues of G that are no more than rounding count as 0, and their vectors are left out. */
function byEigenvectors(gram: Float64Array, size: number, alpha: number, rounding: number): Solver {
  const { values, vectors } = symmetricEigen(gram, size);
  const counts = (value: number): boolean => value > rounding * values[size - 1];
  const kept = vectors.filter((_, at) => counts(values[at]));
  const divisors = values.filter(counts).map(value => value + alpha);
  return given =>
    combination(
      kept.map((vector, at) => dot(vector, given) / divisors[at]),
      kept,
      size,
    );
}
