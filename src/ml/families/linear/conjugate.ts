/**
 * Newton's method with truncated conjugate gradients (Nocedal and Wright, "Numerical optimization", section 7.1),
 * preconditioned by the diagonal of the Hessian. It serves problems without an l1 penalty that are too large for a
 * Hessian, because it needs only products of the Hessian with vectors. A vector of unknowns holds outputs x p
 * coefficients, then the intercepts.
 */
import { kernels } from '../../../kernels/loader.js';
import { float64, scope } from '../../../kernels/memory.js';
import type { Progress } from './newton.js';
import { dualityGap, penaltyOf, searchLine, settleIntercepts, type State } from './state.js';

const LARGEST_ROUNDS = 500;

/** Minimizes over all features until the duality gap (without a penalty: half the slope) is at most the target. */
export function minimizeByConjugateGradients(state: State): Progress {
  return scope(() => {
    const { coef, intercepts, loss } = state;
    const correlations = float64(coef.length + intercepts.length);
    let slope = Infinity;
    for (;;) {
      backward(state, loss.residuals, correlations);
      const { gap } = dualityGap(state, coef, correlations.subarray(0, coef.length));
      const left = Number.isNaN(gap) ? slope : gap;
      if (left <= state.target || state.iterations >= state.maxIterations) return { gap: left, stuck: false };
      state.iterations++;
      const expected = scope(() => step(state, correlations));
      if (expected === 0) return { gap: left, stuck: true };
      slope = -expected / 2;
      settleIntercepts(state);
    }
  });
}

/** The products of the columns (and of the ones) with outputs x n values. */
function backward(
  { coef, design, fitIntercept, loss }: State,
  values: Float64Array,
  out: Float64Array,
): void {
  const { rows, columns, x } = design;
  for (let k = 0; k < loss.outputs; k++) {
    const from = values.byteOffset + k * rows * 8;
    kernels().transposedProduct(rows, columns, x.byteOffset, from, out.byteOffset + k * columns * 8);
    out[coef.length + k] = fitIntercept ? kernels().sum(rows, from) : 0;
  }
}

/** outputs x n scores of a vector of unknowns. */
function forward({ coef, design, loss }: State, unknowns: Float64Array, out: Float64Array): void {
  const { rows, columns, x } = design;
  for (let k = 0; k < loss.outputs; k++) {
    const to = out.byteOffset + k * rows * 8;
    kernels().product(rows, columns, x.byteOffset, unknowns.byteOffset + k * columns * 8, to);
    for (let i = k * rows; i < (k + 1) * rows; i++) out[i] += unknowns[coef.length + k];
  }
}

/** The second derivatives of the loss, and the diagonal of the whole Hessian. */
function curvaturesOf(state: State): { pairs: Float64Array[]; diagonal: Float64Array } {
  const { coef, design, fitIntercept, intercepts, loss, penalty } = state;
  const { rows, columns, x } = design;
  const pairs: Float64Array[] = [];
  const diagonal = float64(coef.length + intercepts.length);
  for (let a = 0; a < loss.outputs; a++) {
    for (let b = 0; b <= a; b++) {
      const curvature = float64(rows);
      loss.curvature(a, b, curvature);
      pairs.push(curvature);
      if (a !== b) continue;
      for (let j = 0; j < columns; j++) {
        const column = x.byteOffset + j * rows * 8;
        const own = kernels().weightedDot(rows, curvature.byteOffset, column, column);
        diagonal[a * columns + j] = own + penalty.l2;
      }
      diagonal[coef.length + a] = fitIntercept ? kernels().sum(rows, curvature.byteOffset) : 0;
    }
  }
  return { pairs, diagonal };
}

/** values = the curvatures times values, sample by sample. */
function bend(outputs: number, rows: number, pairs: Float64Array[], values: Float64Array): void {
  const bent = new Float64Array(outputs);
  for (let i = 0; i < rows; i++) {
    bent.fill(0);
    for (let a = 0, at = 0; a < outputs; a++) {
      for (let b = 0; b <= a; b++, at++) {
        bent[a] += pairs[at][i] * values[b * rows + i];
        if (a !== b) bent[b] += pairs[at][i] * values[a * rows + i];
      }
    }
    for (let a = 0; a < outputs; a++) values[a * rows + i] = bent[a];
  }
}

/**
 * A step of Newton's method. Returns the change of the objective that its slope promised, or 0 if the line search found
 * nothing lower.
 */
function step(state: State, correlations: Float64Array): number {
  const { coef, intercepts, penalty } = state;
  const size = correlations.length;
  const gradient = float64(size);
  for (let j = 0; j < size; j++) gradient[j] = (j < coef.length ? penalty.l2 * coef[j] : 0) - correlations[j];
  const direction = float64(size);
  solve(state, gradient, direction);
  forward(state, direction, state.slope);
  const expected = kernels().dot(size, gradient.byteOffset, direction.byteOffset);
  if (!(expected < 0)) return 0;
  const ownSlope = penalty.l2 * kernels().dot(coef.length, coef.byteOffset, direction.byteOffset);
  const square = penaltyOf(penalty, direction.subarray(0, coef.length));
  const length = searchLine(state, expected, {
    change: at => at * ownSlope + at * at * square,
    slope: at => ownSlope + 2 * at * square,
  });
  for (let j = 0; j < coef.length; j++) coef[j] += length * direction[j];
  for (let k = 0; k < intercepts.length; k++) intercepts[k] += length * direction[coef.length + k];
  return length === 0 ? 0 : expected;
}

/** direction = about -H^-1 gradient, to a residual that shrinks faster as the gradient does. */
function solve(state: State, gradient: Float64Array, direction: Float64Array): void {
  const { coef, design, loss, penalty } = state;
  const size = gradient.length;
  const { pairs, diagonal } = curvaturesOf(state);
  const [residual, search, product] = [float64(size), float64(size), float64(size)];
  const scores = float64(loss.outputs * design.rows);
  const preconditioned = (): number => {
    let sum = 0;
    for (let j = 0; j < size; j++) if (diagonal[j] > 0) sum += (residual[j] * residual[j]) / diagonal[j];
    return sum;
  };
  for (let j = 0; j < size; j++) residual[j] = -gradient[j];
  for (let j = 0; j < size; j++) search[j] = diagonal[j] > 0 ? residual[j] / diagonal[j] : 0;
  let norm = preconditioned();
  const relative = Math.min(0.05, Math.sqrt(norm / (norm + state.lossValue)));
  const enough = relative * relative * norm;
  for (let round = 0; round < LARGEST_ROUNDS && norm > enough; round++) {
    forward(state, search, scores);
    bend(loss.outputs, design.rows, pairs, scores);
    backward(state, scores, product);
    for (let j = 0; j < coef.length; j++) product[j] += penalty.l2 * search[j];
    const bent = kernels().dot(size, search.byteOffset, product.byteOffset);
    if (!(bent > 0)) return;
    const length = norm / bent;
    kernels().axpy(size, length, search.byteOffset, direction.byteOffset);
    kernels().axpy(size, -length, product.byteOffset, residual.byteOffset);
    const next = preconditioned();
    const keep = next / norm;
    for (let j = 0; j < size; j++) {
      search[j] = diagonal[j] > 0 ? residual[j] / diagonal[j] + keep * search[j] : 0;
    }
    norm = next;
  }
}
