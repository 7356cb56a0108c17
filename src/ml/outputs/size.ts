import type { ModelSize } from '../../base/config.js';

/** How large fitted models are. */

/** Of a linear model: `coefficients` that are not 0, and the features that have one. `coefficients` is outputs x p. */
export function linearSize(coefficients: Float64Array, features: number): ModelSize {
  const used = new Set<number>();
  let nonZero = 0;
  coefficients.forEach((value, at) => {
    if (value === 0) return;
    nonZero++;
    used.add(at % features);
  });
  return { features: used.size, coefficients: nonZero };
}

/** Of trees in one table of `nodes`: `feature` is the feature that a node splits on, or -1 for a leaf. */
export function treeSize(feature: Int32Array): ModelSize {
  const used = new Set(feature);
  used.delete(-1);
  return { features: used.size, nodes: feature.length };
}
