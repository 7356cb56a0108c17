/**
 * Linear regression with errors that cost nothing up to epsilon,
 *
 *   minimize over w:  |w|^2 / 2 + sum_i c_i max(0, |y_i - x_i . w| - epsilon)
 *
 * as a problem of hinges: each sample stands for two, of which one costs what the value is too low and the other one
 * what it is too high,
 *
 *   max(0, (y_i - epsilon) - x_i . w)  and  max(0, (-y_i - epsilon) + x_i . w).
 *
 * An interior point of the dual finds the optimum (interior-point.ts). Wide problems take the rows of a Cholesky factor
 * of X X^T in place of the samples (solve.ts).
 */
import { float64, hold, scope } from '../../../kernels/memory.js';
import type { HingeFit } from './hinge.js';
import { dualOf, gapOf, partsOf, perSample, primalOf, targetOf } from './hinge-dual.js';
import { interiorPoint, LARGEST_STEPS } from './interior-point.js';
import { compactOf } from './solve.js';
import type { Design } from './state.js';

/**
 * Minimizes until the duality gap is at most `relative` times the objective, in at most `most` steps. Some value is
 * larger than epsilon, else w = 0 is the optimum.
 */
export function minimizeTube(
  design: Design,
  y: Float64Array,
  costs: Float64Array,
  epsilon: number,
  relative: number,
  most: number,
): HingeFit {
  return scope(() => {
    const signs = twice(
      y,
      () => 1,
      () => -1,
    );
    const all = doubled(design);
    const shift = twice(
      y,
      value => 1 - (value - epsilon),
      value => 1 - (-value - epsilon),
    );
    const dual = {
      ...dualOf(
        all,
        signs,
        twice(
          costs,
          cost => cost,
          cost => cost,
        ),
      ),
      shift: perSample(all, shift),
    };
    const compact = design.columns > design.rows ? compactOf(design)?.design : undefined;
    const inner = compact ? { ...dual, ...partsOf(doubled(compact)) } : dual;
    const iterations = scope(() => interiorPoint(inner, relative, Math.min(most, LARGEST_STEPS)));
    primalOf(dual);
    const { gap, objective } = gapOf(dual);
    return { v: dual.w.slice(), gap, target: targetOf(dual, relative, objective), iterations };
  });
}

/** 2 n values: first one of each, then another one. */
function twice(
  values: Float64Array,
  first: (value: number) => number,
  second: (value: number) => number,
): Float64Array {
  const all = new Float64Array(2 * values.length);
  all.set(values.map(first));
  all.set(values.map(second), values.length);
  return all;
}

/** The design with all samples once more. */
function doubled({ rows, columns, x }: Design): Design {
  const all = float64(2 * rows * columns);
  for (let j = 0; j < columns; j++) {
    const values = x.subarray(j * rows, (j + 1) * rows);
    all.set(values, 2 * j * rows);
    all.set(values, (2 * j + 1) * rows);
  }
  return { rows: 2 * rows, columns, x: all, ones: hold(new Float64Array(2 * rows).fill(1)) };
}
