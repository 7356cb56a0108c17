/**
 * The warning of a search that ended before its optimum. The problem is convex, so the optimum depends only on the
 * parameters. The scores of another point must not rank.
 */
import type { FitWarning } from '../../../base/config.js';
import type { Matrix } from '../../../base/dataset.js';
import { columnMoments } from '../../algebra/statistics.js';

/** How a search ended. */
export interface Ended {
  gap: number;
  /** The gap that counts as converged. */
  target: number;
  iterations: number;
}

/**
 * Features count as not scaled where a spread is above this, where one spread is this many times another one, or
 * where a mean is this many times its spread.
 */
const UNSCALED = 1e3;

/**
 * The warning for a search over the features of x that was allowed `most` iterations. `otherwise` says what to do where
 * only rounding is left.
 */
export function shortfall(
  step: string,
  { gap, target, iterations }: Ended,
  most: number,
  x: Matrix,
  otherwise = 'Lower C, or raise tol.',
): FitWarning {
  const isCut = iterations >= most;
  const advice = [
    ...(isCut ? ['raise max_iter'] : []),
    ...(isScaled(x) ? [] : ['scale the features (StandardScaler)']),
  ];
  return {
    code: 'not-converged',
    step,
    message:
      `not converged after ${iterations} of ${most} iterations: the duality gap is ${gap.toPrecision(3)}, and the ` +
      `tolerance is ${target.toPrecision(3)}. ` +
      (advice.length > 0 ? sentence(advice.join(', or ')) : `Rounding allows no more. ${otherwise}`),
    unranked: true,
  };
}

const sentence = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}.`;

function isScaled(x: Matrix): boolean {
  const { means, variances } = columnMoments(x);
  let [smallest, largest] = [Infinity, 0];
  for (let j = 0; j < x.columns; j++) {
    const spread = Math.sqrt(variances[j]);
    if (!(spread > 0)) continue;
    if (Math.abs(means[j]) > UNSCALED * spread) return false;
    smallest = Math.min(smallest, spread);
    largest = Math.max(largest, spread);
  }
  return !(largest > UNSCALED * Math.min(smallest, 1));
}
