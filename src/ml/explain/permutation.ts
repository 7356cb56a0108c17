/**
 * Permutation importance (Breiman 2001; as scikit-learn's permutation_importance): how much worse a model scores on
 * held-out samples when the values of one column are shuffled among them.
 */
import { numberColumns, type Matrix } from '../../base/dataset.js';
import type { Rng } from '../../base/rng.js';
import { column } from '../algebra/matrix.js';
import { scoreModel } from '../scored.js';
import type { FittedStep } from '../pipeline.js';
import type { Metric } from '../scoring/types.js';
import type { Held } from '../stages.js';
import type { Predictor } from '../types.js';
import { usedFeatures } from './features.js';
import { routeOf, termsInUse, through, type Route } from './route.js';

export interface Shuffling {
  model: Predictor;
  steps: readonly FittedStep[];
  names: readonly string[];
  /** m samples as they are in the table. */
  samples: Held;
  metric: Metric;
  /** What the metric says of the samples as they are. */
  score: number;
  /** How often each column is shuffled. */
  repeats: number;
  /** Shuffle r of all columns is the one that child r gives. */
  rng: Rng;
}

/**
 * For each of p columns: by how much the score gets worse, as a mean over the repeats. NaN where a score is not
 * defined. A column that the model does not use has exactly 0. Columns are shuffled as the transforms in front give
 * them, because these change each value by itself, so the samples are transformed once.
 */
export function scoreDrops(shuffling: Shuffling): Float64Array {
  const { model, steps, names, samples, repeats, rng, score, metric } = shuffling;
  const { x } = samples;
  const route = routeOf(steps, numberColumns(names));
  const terms = through(route.before, x);
  const marks = termsInUse(route, usedFeatures(model.inside?.(), route.features.length));
  // The terms of each column that matters.
  const ofColumns = new Map<number, number[]>();
  route.terms.forEach((term, t) => {
    if (marks[t]) ofColumns.set(term.column, [...(ofColumns.get(term.column) ?? []), t]);
  });
  const orders = Array.from({ length: repeats }, (_, repeat) => rng.child(repeat).permutation(x.rows));
  const sign = metric.direction === 'min' ? -1 : 1;
  return Float64Array.from(names, (_, j) => {
    const places = ofColumns.get(j);
    if (places === undefined) return 0;
    const sum = orders.reduce(
      (total, order) => total + shuffledScore(shuffling, route, terms, places, order),
      0,
    );
    return sign * (score - sum / repeats);
  });
}

/** The score where some terms are shuffled; NaN where it is not defined. The terms are as before afterwards. */
function shuffledScore(
  { model, samples, metric }: Shuffling,
  { behind }: Route,
  terms: Matrix,
  places: readonly number[],
  order: Int32Array,
): number {
  const kept = places.map(place => column(terms, place).slice());
  places.forEach((place, at) => column(terms, place).forEach((_, i, own) => (own[i] = kept[at][order[i]])));
  // Trees remember what they prepared for an array. A new view of it is another array to them.
  const shuffled = { ...terms, data: terms.data.subarray(0) };
  const { scores } = scoreModel(
    model,
    { ...samples, x: through(behind, shuffled) },
    [metric],
    'a shuffled column',
  );
  places.forEach((place, at) => column(terms, place).set(kept[at]));
  return scores[metric.name] ?? NaN;
}
