import { z } from 'zod';
import { numberColumns, type DataColumn, type Matrix } from '../../base/dataset.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import type { Shape } from '../needs.js';
import type { FitContext } from '../types.js';
import { MADE_NEW } from './categories.js';

/** What the imputers that learn from several features share: features without values, and indicators. */

/** The parameters of these imputers that say which features come out. */
export const GAP_PARAMETERS = {
  add_indicator: z
    .boolean()
    .default(false)
    .describe('whether to add a 0/1 feature for each feature that has missing values in the fit'),
  keep_empty_features: z
    .boolean()
    .default(false)
    .describe('whether a feature without values is filled with 0; false drops it'),
};

interface GapParameters {
  add_indicator: boolean;
  keep_empty_features: boolean;
}

/** Places of features, ascending. */
export type Gaps = {
  /** Those that have values in the fit. */
  valid: Int32Array;
  /** Those that come out: these, or all. */
  kept: Int32Array;
  /** Those that get an indicator. */
  marked: Int32Array;
};

/** The features of a fit. It warns of those that are dropped. */
export function gapsOf(x: Matrix, params: GapParameters, { warn }: FitContext): Gaps {
  const places = Int32Array.from({ length: x.columns }, (_, j) => j);
  const missing = places.map(j => column(x, j).filter(Number.isNaN).length);
  const valid = places.filter(j => missing[j] < x.rows);
  const kept = params.keep_empty_features ? places : valid;
  const dropped = x.columns - kept.length;
  if (dropped > 0) {
    const [have, were] = dropped === 1 ? ['feature has', 'was'] : ['features have', 'were'];
    warn({ code: 'empty-feature', message: `${dropped} ${have} no value and ${were} dropped.` });
  }
  return {
    valid,
    kept,
    marked: params.add_indicator ? places.filter(j => missing[j] > 0) : new Int32Array(),
  };
}

/** m x (kept + marked): the valid features, which are filled, 0 for the empty ones, and the indicators of m samples. */
export function completed(x: Matrix, filled: Matrix, { valid, kept, marked }: Gaps): Matrix {
  const out = emptyMatrix(x.rows, kept.length + marked.length);
  kept.forEach((j, at) => {
    const place = valid.indexOf(j);
    if (place >= 0) column(out, at).set(column(filled, place));
  });
  marked.forEach((j, at) => {
    const to = column(out, kept.length + at);
    column(x, j).forEach((value, i) => (to[i] = Number.isNaN(value) ? 1 : 0));
  });
  return out;
}

/** The columns that come out. */
export function columnsOfGaps({ kept, marked }: Gaps, columns: readonly DataColumn[]): DataColumn[] {
  const marks = Array.from(marked, j => `missingindicator_${columns[j].name}`);
  return [...Array.from(kept, j => columns[j]), ...numberColumns(marks)];
}

/** What reaches the next step. */
export function leftOfGaps({ add_indicator }: GapParameters, shape: Shape): Shape {
  return add_indicator
    ? { ...shape, ...MADE_NEW, features: 2 * shape.features }
    : { ...shape, gaps: [], least: undefined };
}
