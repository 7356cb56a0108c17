/** Samples as the network reads them: f32, row-major, each row padded with zeros to a multiple of 8. */
import type { Matrix } from '../../../base/dataset.js';
import { float32 } from '../../../kernels/memory.js';
import type { ClassProblem, ValueProblem } from '../../types.js';
import { padded } from './shape.js';

/** What the network learns: class codes, or values. */
export type Learnt = Int32Array | Float64Array;

export interface Rows {
  count: number;
  /** count x stride features, in the kernels' memory. */
  x: Float32Array;
  y: Learnt;
}

/** The samples of a problem that `chosen` names, in that order; they live until the scope ends. */
export function rowsOf(problem: ClassProblem | ValueProblem, chosen: Int32Array): Rows {
  const { x } = problem;
  const y =
    'classes' in problem ? chosen.map(i => problem.y[i]) : Float64Array.from(chosen, i => problem.y[i]);
  return { count: chosen.length, x: float32Rows(x, chosen), y };
}

/** Features that the transposition takes together, so that what it writes stays in the cache. */
const BLOCK = 64;

/** The features of the chosen samples, or of all, in the kernels' memory until the scope ends. */
export function float32Rows(x: Matrix, chosen?: Int32Array): Float32Array {
  const count = chosen?.length ?? x.rows;
  const stride = padded(x.columns);
  const rows = float32(count * stride);
  for (let start = 0; start < x.columns; start += BLOCK) {
    const end = Math.min(start + BLOCK, x.columns);
    for (let i = 0; i < count; i++) {
      const from = chosen ? chosen[i] : i;
      for (let j = start; j < end; j++) rows[i * stride + j] = x.data[j * x.rows + from];
    }
  }
  return rows;
}
