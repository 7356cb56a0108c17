/**
 * The linear support vector machine with the hinge loss,
 *
 *   minimize over w:  |w|^2 / 2 + sum_i c_i max(0, 1 - y_i x_i . w)
 *
 * by its dual (hinge-dual.ts). Where features or samples are few, an interior point finds the optimum
 * (interior-point.ts). Wide problems take the rows of a Cholesky factor of X X^T in place of the samples (solve.ts).
 * Where features and samples are many, dual coordinate descent finds the optimum.
 */
import type { Rng } from '../../../base/rng.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, scope } from '../../../kernels/memory.js';
import { type Dual, dualOf, gapOf, partsOf, primalOf, targetOf } from './hinge-dual.js';
import { interiorPoint, LARGEST_STEPS } from './interior-point.js';
import { compactOf } from './solve.js';
import type { Design } from './state.js';

export interface HingeFit {
  /** p values, outside of kernel memory. */
  v: Float64Array;
  gap: number;
  /** The gap that counts as converged. */
  target: number;
  iterations: number;
}

/** Up to this number of features (or of samples, if there are fewer) the interior point is faster. */
const LARGEST_INTERIOR = 700;

/** Minimizes until the duality gap is at most `relative` times the objective, in at most `most` iterations. */
export function minimizeHinge(
  design: Design,
  signs: Float64Array,
  costs: Float64Array,
  relative: number,
  most: number,
  rng: Rng,
  largestInterior = LARGEST_INTERIOR,
): HingeFit {
  const wide = design.columns > design.rows;
  return scope(() => {
    const dual = dualOf(design, signs, costs);
    let iterations = 0;
    if (Math.min(design.rows, design.columns) <= largestInterior) {
      const compact = wide ? compactOf(design)?.design : undefined;
      const inner = compact ? { ...dual, ...partsOf(compact) } : dual;
      iterations = scope(() => interiorPoint(inner, relative, Math.min(most, LARGEST_STEPS)));
    } else {
      iterations = coordinateDescent(dual, relative, most, rng);
    }
    primalOf(dual);
    const { gap, objective } = gapOf(dual);
    return { v: dual.w.slice(), gap, target: targetOf(dual, relative, objective), iterations };
  });
}

/** The number of sweeps between two computations of the gap. */
const SWEEPS_A_LOOK = 10;

/** Moves alpha towards the optimum by dual coordinate descent. Returns the number of sweeps. */
function coordinateDescent(dual: Dual, relative: number, most: number, rng: Rng): number {
  const { alpha, costs, design, rooms, signs, w } = dual;
  const { rows: samples, columns: features, x } = design;
  const rows = float64(samples * features);
  for (let j = 0; j < features; j++) {
    for (let i = 0; i < samples; i++) rows[i * features + j] = x[j * samples + i];
  }
  const squares = float64(samples);
  for (let i = 0; i < samples; i++) {
    const row = rows.byteOffset + i * features * 8;
    squares[i] = kernels().dot(features, row, row);
  }
  const order = hold(Int32Array.from({ length: samples }, (_, i) => i));
  for (let sweeps = 0; ;) {
    primalOf(dual);
    const { gap, objective } = gapOf(dual);
    if (gap <= targetOf(dual, relative, objective) || sweeps >= most) return sweeps;
    for (let k = 0; k < SWEEPS_A_LOOK && sweeps < most; k++, sweeps++) {
      rng.shuffle(order);
      kernels().descendHingeDual(
        samples,
        features,
        order.byteOffset,
        rows.byteOffset,
        signs.byteOffset,
        squares.byteOffset,
        costs.byteOffset,
        alpha.byteOffset,
        w.byteOffset,
      );
    }
    for (let i = 0; i < alpha.length; i++) rooms[i] = costs[i] - alpha[i];
  }
}
