import type { Matrix } from '../../base/dataset.js';
import type { Rng } from '../../base/rng.js';
import { takeRows } from '../algebra/matrix.js';

/** The samples that quantiles are estimated from: all, or `most` of them, drawn without replacement. */
export function drawRows(x: Matrix, most: number, rng: Rng): Matrix {
  return x.rows <= most ? x : takeRows(x, rng.permutation(x.rows).slice(0, most).sort());
}
